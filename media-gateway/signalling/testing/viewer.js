// A page that watches, sends, speaks and listens; the test drives it through `window.viewer`.
import { Device } from 'mediasoup-client';
import { io } from 'socket.io-client';
import { Screen } from './screen.js';
import { Ear, tone } from './sound.js';

const socket = io(`${new URLSearchParams(location.search).get('gateway')}/media`, { transports: ['websocket'] });
const notices = [];
for (const name of ['streamEnded', 'streamChanged', 'viewers', 'clock', 'talk', 'talkEnded', 'publishEnded', 'ended']) {
	socket.on(name, (body) => notices.push({ name, ...body }));
}
const device = new Device();
const screen = new Screen();
const ear = new Ear();
const earpiece = new Ear();
let transports = {};
let wanted = null;
let consumers = [];
let heard = null;
let publishing = null;
let detour = null;
let turn = Promise.resolve();
let onChange = () => undefined;

async function ask(name, body = {}) {
	const answer = await socket.emitWithAck(name, body);
	if (!answer.ok) throw new Error(`${name}: ${answer.reason}: ${answer.detail}`);
	return answer;
}

async function transport(direction) {
	if (!device.loaded) await device.load({ routerRtpCapabilities: (await ask('capabilities')).rtpCapabilities });
	transports[direction] ??= ask('createTransport', { direction }).then((made) => wire(direction, made));
	return transports[direction];
}

function wire(direction, offered) {
	const detoured = () =>
		offered.iceCandidates
			.filter(({ protocol }) => protocol === 'udp')
			.map((each) => ({ ...each, ip: '127.0.0.1', address: '127.0.0.1', port: detour }));
	const made = detour === null ? offered : { ...offered, iceCandidates: detoured() };
	const wired = direction === 'send' ? device.createSendTransport(made) : device.createRecvTransport(made);
	wired.on('connect', ({ dtlsParameters }, done, fail) => {
		ask('connectTransport', { transportId: wired.id, dtlsParameters }).then(done, fail);
	});
	wired.on('produce', ({ kind, rtpParameters, appData }, done, fail) => {
		const sent = { transportId: wired.id, rtpParameters };
		const asked = appData.streamId === undefined ? ask('publish', { kind, ...sent }) : ask('talkSend', { streamId: appData.streamId, ...sent });
		asked.then(({ producerId }) => done({ id: producerId }), fail);
	});
	return wired;
}

/** One after the other: an answer is used up before the next is asked for. */
function renew() {
	turn = turn.then(watchAgain, watchAgain);
	return turn;
}

async function watchAgain() {
	if (wanted === null) return [];
	const receiver = await transport('receive');
	const answer = await ask('watch', { ...wanted, transportId: receiver.id, rtpCapabilities: device.recvRtpCapabilities });
	if (answer.consumers.length === 0) return [];
	const before = consumers;
	const own = (each) => before.find((held) => held.id === each.id && !held.closed) ?? receiver.consume(each);
	consumers = await Promise.all(answer.consumers.map(own));
	const closeOld = () => {
		for (const old of before) if (!consumers.includes(old)) old.close();
	};
	const video = consumers.find((each) => each.kind === 'video');
	// What was there before is seen until the next one is.
	if (video) screen.show(video.track, closeOld);
	else closeOld();
	const sound = consumers.find((each) => each.kind === 'audio');
	if (sound) await ear.hear(sound.track);
	await Promise.all(answer.consumers.map((each) => ask('resume', { consumerId: each.id })));
	return answer.consumers.map((each) => each.kind).sort();
}

async function listen() {
	const receiver = await transport('receive');
	const { consumer } = await ask('listen', { transportId: receiver.id, rtpCapabilities: device.recvRtpCapabilities });
	heard?.close();
	heard = await receiver.consume(consumer);
	await earpiece.hear(heard.track);
	await ask('resume', { consumerId: consumer.id });
}

async function publish(encodings) {
	publishing = { encodings };
	const sender = await transport('send');
	const media = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 }, audio: true });
	for (const track of media.getTracks()) await sender.produce({ track, ...(track.kind === 'video' && encodings ? { encodings } : {}) });
}

socket.on('streamChanged', ({ streamId }) => {
	if (streamId === wanted?.streamId) renew().then(onChange, () => undefined);
});
socket.on('talk', ({ by }) => {
	if (by !== null) listen().catch((error) => console.error(error));
	else heard?.close();
});
let connections = 0;
socket.on('connect', () => {
	connections += 1;
	if (connections === 1) return;
	for (const each of Object.values(transports)) each.then((old) => old.close());
	transports = {};
	consumers = [];
	if (wanted) renew().then(onChange, () => undefined);
	if (publishing) publish(publishing.encodings).catch((error) => console.error(error));
});

window.viewer = {
	notices,
	ask,
	/** Media goes to this UDP port of this machine instead of the gateway's. */
	detour(port) {
		detour = port;
	},
	/** Resolves with the kinds when there are consumers. */
	async watch(streamId, size = null) {
		wanted = { streamId, size };
		for (;;) {
			const changed = new Promise((resolve) => {
				onChange = resolve;
			});
			const kinds = await renew();
			if (kinds.length > 0) return kinds;
			await changed;
		}
	},
	async prefer(size) {
		wanted.size = size;
		await ask('prefer', wanted);
	},
	async unwatch(streamId) {
		wanted = null;
		for (const each of consumers) each.close();
		consumers = [];
		await ask('unwatch', { streamId });
	},
	picture: () => screen.picture(),
	/** Widths in the order they were seen; 0 for moments without a picture after there was one. */
	widths: () => screen.widths,
	loudness: () => ear.loudness(),
	heard: () => earpiece.loudness(),
	connections: () => connections,
	publish,
	async unpublish() {
		publishing = null;
		await ask('unpublish');
	},
	/** Speaks a tone of so many hertz; answers the codec. */
	async talk(streamId, hertz) {
		const { codec } = await ask('talk', { streamId });
		const sender = await transport('send');
		const capability = device.sendRtpCapabilities.codecs.find((each) => each.mimeType.toLowerCase() === `audio/${codec.toLowerCase()}`);
		await sender.produce({ track: await tone(hertz), codec: capability, appData: { streamId } });
		return codec;
	},
	endTalk: (streamId) => ask('endTalk', { streamId }),
	/** Decodes what the gateway has of the stream: how many frames, and the size of the last. */
	async preview(streamId) {
		const { preview } = await ask('preview', { streamId });
		return preview === null ? null : screen.decode(preview);
	},
};
