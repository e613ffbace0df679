import { Device } from 'mediasoup-client';
import type { IceParameters, RtpCapabilities, Transport, TransportOptions } from 'mediasoup-client/types';
import { onNetworkChange } from './network.ts';
import type { Signal } from './signal.ts';

/** A transport that does not come back within this many milliseconds is given up for a new one. */
const patience = 5_000;

/** One socket's life: what the server knows of this page ends with its socket, so each connection loads anew. */
export async function loadDevice(signal: Signal): Promise<Device> {
	const device = await Device.factory();
	const { rtpCapabilities } = await signal.request<'capabilities', { rtpCapabilities: RtpCapabilities }>('capabilities', {});
	await device.load({ routerRtpCapabilities: rtpCapabilities });
	return device;
}

export interface TransportEvents {
	/** After this the transport is closed, here and on the server. */
	lost: () => void;
	/** For those who show it. */
	state?: (state: RTCPeerConnectionState) => void;
}

/** A connected transport that restarts ICE when the path is lost, and reports itself lost when that does not help. */
export async function openTransport(signal: Signal, device: Device, direction: 'send' | 'receive', events: TransportEvents): Promise<Transport> {
	const options = await signal.request<'createTransport', TransportOptions>('createTransport', { direction });
	const transport = direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options);
	let timer: ReturnType<typeof setTimeout> | undefined;
	const lose = () => {
		clearTimeout(timer);
		if (transport.closed) return;
		transport.close();
		events.lost();
	};
	// On another network the old path is dead, whatever ICE still believes.
	const stopFollowing = onNetworkChange(() => {
		if (!transport.closed && transport.connectionState !== 'new') restartIce(signal, transport).catch(() => undefined);
	});
	transport.on('connect', ({ dtlsParameters }, done, fail) => {
		signal.request('connectTransport', { transportId: transport.id, dtlsParameters: { ...dtlsParameters } }).then(done, fail);
	});
	transport.on('connectionstatechange', (state) => {
		events.state?.(state);
		clearTimeout(timer);
		if (state === 'connected') return;
		if (state === 'disconnected' || state === 'failed') {
			// A short loss heals by itself; a failed path never does.
			timer = setTimeout(
				() => {
					restartIce(signal, transport).catch(lose);
					timer = setTimeout(lose, patience);
				},
				state === 'failed' ? 0 : 1_500,
			);
		} else if (state === 'connecting') {
			timer = setTimeout(lose, patience * 2);
		}
	});
	transport.observer.on('close', () => {
		clearTimeout(timer);
		stopFollowing();
		if (signal.connected) void signal.request('closeTransport', { transportId: transport.id }).catch(() => undefined);
	});
	return transport;
}

/** Looks for a new path, from the network the device is on now. Throws when the server does not answer. */
export async function restartIce(signal: Signal, transport: Transport): Promise<void> {
	const { iceParameters } = await signal.request<'restartIce', { iceParameters: IceParameters }>('restartIce', { transportId: transport.id });
	if (!transport.closed) await transport.restartIce({ iceParameters });
}
