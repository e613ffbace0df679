// A plain RTCPeerConnection and fetch, as any page elsewhere would use them.
const video = document.getElementById('video');
let connection = null;
let session = null;

async function ask(method, url, token, type, body, more = {}) {
	const headers = { authorization: `Bearer ${token}`, ...(type ? { 'content-type': type } : {}), ...more };
	return fetch(url, { method, headers, body });
}

async function open(url, token, type = 'application/sdp') {
	await connection.setLocalDescription(await connection.createOffer());
	const answer = await ask('POST', url, token, type, connection.localDescription.sdp);
	const sdp = await answer.text();
	if (answer.status !== 201) throw new Error(`${answer.status} ${sdp}`);
	session = { url: new URL(answer.headers.get('location'), url).href, token, tag: answer.headers.get('etag') };
	await connection.setRemoteDescription({ type: 'answer', sdp });
	return { offer: connection.localDescription.sdp, answer: sdp };
}

const value = (sdp, name) => new RegExp(`^a=${name}:(\\S+)`, 'm').exec(sdp)[1];

window.player = {
	async publish(url, token, encodings) {
		const media = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 }, audio: true });
		connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
		for (const track of media.getTracks()) {
			const sendEncodings = track.kind === 'video' && encodings ? encodings : undefined;
			connection.addTransceiver(track, { direction: 'sendonly', streams: [media], ...(sendEncodings ? { sendEncodings } : {}) });
		}
		return open(url, token);
	},
	async watch(url, token) {
		connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
		connection.ontrack = ({ track }) => {
			const element = track.kind === 'video' ? video : new Audio();
			element.srcObject = new MediaStream([track]);
			void element.play();
		};
		connection.addTransceiver('video', { direction: 'recvonly' });
		connection.addTransceiver('audio', { direction: 'recvonly' });
		return open(url, token);
	},
	state: () => connection.connectionState,
	picture() {
		const canvas = document.createElement('canvas');
		canvas.width = 64;
		canvas.height = 36;
		const drawing = canvas.getContext('2d');
		drawing.drawImage(video, 0, 0, 64, 36);
		return { width: video.videoWidth, height: video.videoHeight, pixels: [...drawing.getImageData(0, 0, 64, 36).data].filter((_, i) => i % 4 === 0) };
	},
	/** Sum over what is received (or sent) of a kind. */
	async packets(type, kind) {
		let sum = 0;
		for (const report of (await connection.getStats()).values()) {
			if (report.type === type && report.kind === kind) sum += report.packetsReceived ?? report.packetsSent ?? 0;
		}
		return sum;
	},
	/** Loudness of the sound that is played, added up. */
	async heard() {
		for (const report of (await connection.getStats()).values()) {
			if (report.type === 'inbound-rtp' && report.kind === 'audio') return report.totalAudioEnergy ?? 0;
		}
		return 0;
	},
	/** RFC 9725 §4.3.2, as a client that has lost its network does it. Answers our username fragment before and after. */
	async restart() {
		const before = value(connection.remoteDescription.sdp, 'ice-ufrag');
		const offer = await connection.createOffer({ iceRestart: true });
		await connection.setLocalDescription(offer);
		const mid = value(offer.sdp, 'mid');
		const fragment = `a=ice-ufrag:${value(offer.sdp, 'ice-ufrag')}\r\na=ice-pwd:${value(offer.sdp, 'ice-pwd')}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:${mid}\r\n`;
		const answer = await ask('PATCH', session.url, session.token, 'application/trickle-ice-sdpfrag', fragment, { 'if-match': '*' });
		const text = await answer.text();
		if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
		const after = value(text, 'ice-ufrag');
		const sdp = connection.remoteDescription.sdp
			.replaceAll(/a=ice-ufrag:\S+/g, `a=ice-ufrag:${after}`)
			.replaceAll(/a=ice-pwd:\S+/g, `a=ice-pwd:${value(text, 'ice-pwd')}`);
		await connection.setRemoteDescription({ type: 'answer', sdp });
		return { before, after, tagBefore: session.tag, tagAfter: answer.headers.get('etag') };
	},
	async remove() {
		return (await ask('DELETE', session.url, session.token)).status;
	},
	/** What a page here gets that comes with cookies instead of a token. */
	async byCookie(url) {
		try {
			return (await fetch(url, { method: 'POST', credentials: 'include', headers: { 'content-type': 'application/sdp' }, body: 'v=0\r\n' })).status;
		} catch {
			return 'refused by the browser';
		}
	},
};
