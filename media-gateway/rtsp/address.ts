import { SourceError } from './failure.ts';

/** A camera's URL taken apart. `uri` is what requests name: no user, no password. */
export interface CameraAddress {
	/** `rtsps://`: everything inside TLS. */
	secure: boolean;
	/** A name, or an address without brackets. */
	host: string;
	port: number;
	uri: string;
	username: string;
	password: string;
}

/** RFC 2326 §3.2, RFC 7826 §4.2. */
const defaultPorts: Record<string, number> = { 'rtsp:': 554, 'rtsps:': 322 };

/** Null for anything but `rtsp[s]://[user[:password]@]host[:port][/path][?query]`. Never throws. */
export function parseCameraAddress(text: string): CameraAddress | null {
	if (text.length > 2048 || !URL.canParse(text)) return null;
	const url = new URL(text);
	const defaultPort = defaultPorts[url.protocol];
	if (defaultPort === undefined || url.hostname === '') return null;
	const username = decode(url.username);
	const password = decode(url.password);
	if (username === null || password === null) return null;
	const port = url.port === '' ? defaultPort : Number(url.port);
	if (port === 0) return null;
	const host = url.hostname.replace(/^\[|\]$/g, '');
	const uri = `${url.protocol}//${url.host}${url.pathname}${url.search}`;
	return { secure: url.protocol === 'rtsps:', host, port, uri, username, password };
}

export function formatCameraAddress(address: CameraAddress): string {
	if (address.username === '' && address.password === '') return address.uri;
	const user = `${encodeURIComponent(address.username)}:${encodeURIComponent(address.password)}`;
	return address.uri.replace('://', () => `://${user}@`);
}

/**
 * The URI of a track or of the whole presentation from `a=control` (RFC 2326 C.1.1). Cameras mean "append to the base, as to a
 * folder" even where the base does not end in a slash, which RFC 1808 would read otherwise.
 */
export function resolveControl(base: string, control: string | undefined): string {
	if (control === undefined || control === '' || control === '*') return base;
	if (isRtspUri(control)) return control;
	// Where the base has a query the name still goes behind it, as VLC and FFmpeg send it.
	const separator = base.endsWith('/') || control.startsWith('/') ? '' : '/';
	return `${base}${separator}${control}`;
}

export function isRtspUri(text: string): boolean {
	return /^rtsps?:\/\//i.test(text);
}

/** Where a redirect leads. Credentials go along only to the same host: another one has no claim to them. Never out of TLS. */
export function redirected(from: CameraAddress, location: string | undefined): CameraAddress {
	const target = location === undefined ? null : parseCameraAddress(location.trim());
	if (target === null) throw new SourceError('protocol-error', 'the camera redirects without a usable Location');
	if (from.secure && !target.secure) throw new SourceError('protocol-error', 'the camera redirects from rtsps to rtsp');
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
