import { SourceError } from './failure.ts';

/** A camera's URL taken apart. `uri` is what requests name: no user, no password. */
export interface CameraAddress {
	host: string;
	port: number;
	uri: string;
	username: string;
	password: string;
}

const defaultRtspPort = 554;

/** Null for anything but `rtsp://[user[:password]@]host[:port][/path][?query]`. Never throws. */
export function parseCameraAddress(text: string): CameraAddress | null {
	if (text.length > 2048 || !URL.canParse(text)) return null;
	const url = new URL(text);
	if (url.protocol !== 'rtsp:' || url.hostname === '') return null;
	const username = decode(url.username);
	const password = decode(url.password);
	if (username === null || password === null) return null;
	const port = url.port === '' ? defaultRtspPort : Number(url.port);
	if (port === 0) return null;
	return { host: url.hostname.replace(/^\[|\]$/g, ''), port, uri: `rtsp://${url.host}${url.pathname}${url.search}`, username, password };
}

export function formatCameraAddress(address: CameraAddress): string {
	if (address.username === '' && address.password === '') return address.uri;
	const user = `${encodeURIComponent(address.username)}:${encodeURIComponent(address.password)}`;
	return address.uri.replace('rtsp://', `rtsp://${user}@`);
}

/**
 * The URI of a track or of the whole presentation from `a=control` (RFC 2326 C.1.1). Cameras mean "append to the base, as to a
 * folder" even where the base does not end in a slash, which RFC 1808 would read otherwise.
 */
export function resolveControl(base: string, control: string | undefined): string {
	if (control === undefined || control === '' || control === '*') return base;
	if (/^rtsp:\/\//i.test(control)) return control;
	// Where the base has a query the name still goes behind it, as VLC and FFmpeg send it.
	const separator = base.endsWith('/') || control.startsWith('/') ? '' : '/';
	return `${base}${separator}${control}`;
}

/** Where a redirect leads. Credentials go along only to the same host: another one has no claim to them. */
export function redirected(from: CameraAddress, location: string | undefined): CameraAddress {
	const target = location === undefined ? null : parseCameraAddress(location.trim());
	if (target === null) throw new SourceError('protocol-error', 'the camera redirects without a usable Location');
	if (target.username !== '' || target.host !== from.host || target.port !== from.port) return target;
	return { ...target, username: from.username, password: from.password };
}

function decode(text: string): string | null {
	try {
		return decodeURIComponent(text);
	} catch {
		return null;
	}
}
