/** The part of sdp-transform that is used here; the package comes without types. */
declare module 'sdp-transform' {
	interface Media {
		type?: unknown;
		payloads?: unknown;
		control?: unknown;
		direction?: unknown;
		rtp: { payload?: unknown; codec?: unknown; rate?: unknown; encoding?: unknown }[];
		fmtp: { payload?: unknown; config?: unknown }[];
	}
	const sdp: { parse(text: string): { control?: unknown; direction?: unknown; media: Media[] } };
	export default sdp;
}
