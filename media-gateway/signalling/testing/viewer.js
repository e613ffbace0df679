// A page that watches (or sends) one stream; the test drives it through `window.viewer`.
import { Device } from 'mediasoup-client';
import { io } from 'socket.io-client';

const socket = io(`${new URLSearchParams(location.search).get('gateway')}/media`, { transports: ['websocket'] });
const notices = [];
for (const name of ['streamEnded', 'streamChanged', 'viewers', 'ended']) socket.on(name, (body) => notices.push({ name, ...body }));
const ask = async (name, body = {}) => {
	const answer = await socket.emitWithAck(name, body);
	if (!answer.ok) throw new Error(`${name}: ${answer.reason}: ${answer.detail}`);
	return answer;
};
const device = new Device();
const video = document.getElementById('video');
const context = new AudioContext();
const analyser = context.createAnalyser();
let receiver = null;
let consumers = [];

async function load() {
	if (!device.loaded) await device.load({ routerRtpCapabilities: (await ask('capabilities')).rtpCapabilities });
}

function wire(transport) {
	transport.on('connect', ({ dtlsParameters }, done, fail) => {
		ask('connectTransport', { transportId: transport.id, dtlsParameters }).then(done, fail);
	});
	return transport;
}

window.viewer = {
	notices,
	async watch(streamId) {
		await load();
		receiver ??= wire(device.createRecvTransport(await ask('createTransport', { direction: 'receive' })));
		const answer = await ask('watch', { streamId, transportId: receiver.id, rtpCapabilities: device.recvRtpCapabilities });
		const before = consumers;
		consumers = await Promise.all(answer.consumers.map((each) => before.find((held) => held.id === each.id) ?? receiver.consume(each)));
		for (const old of before) if (!consumers.includes(old)) old.close();
		const sound = consumers.find((each) => each.kind === 'audio');
		video.srcObject = new MediaStream(consumers.filter((each) => each.kind === 'video').map((each) => each.track));
		if (sound) {
			const stream = new MediaStream([sound.track]);
			// Chromium decodes a remote track for Web Audio only while an element plays it too.
			const player = new Audio();
			player.srcObject = stream;
			player.muted = true;
			await player.play();
			context.createMediaStreamSource(stream).connect(analyser);
		}
		await Promise.all(answer.consumers.map((each) => ask('resume', { consumerId: each.id })));
		return answer.consumers.map((each) => each.kind).sort();
	},
	unwatch: (streamId) => ask('unwatch', { streamId }),
	/** Size and a coarse print of the picture as it is now. */
	picture() {
		const canvas = document.createElement('canvas');
		canvas.width = 64;
		canvas.height = 36;
		const drawing = canvas.getContext('2d');
		drawing.drawImage(video, 0, 0, 64, 36);
		return { width: video.videoWidth, height: video.videoHeight, pixels: [...drawing.getImageData(0, 0, 64, 36).data].filter((_, i) => i % 4 === 0) };
	},
	/** Loudest sample now, 0 … 1. */
	loudness() {
		const samples = new Float32Array(analyser.fftSize);
		analyser.getFloatTimeDomainData(samples);
		return Math.max(...samples.map(Math.abs));
	},
	async publish() {
		await load();
		const media = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
		const transport = wire(device.createSendTransport(await ask('createTransport', { direction: 'send' })));
		transport.on('produce', ({ kind, rtpParameters }, done, fail) => {
			ask('publish', { transportId: transport.id, kind, rtpParameters }).then(({ producerId }) => done({ id: producerId }), fail);
		});
		for (const track of media.getTracks()) await transport.produce({ track });
	},
	unpublish: () => ask('unpublish'),
};
