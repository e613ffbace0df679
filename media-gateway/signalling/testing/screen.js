// Shows one picture after the other without a moment between them.
export class Screen {
	widths = [];
	#shown = null;

	constructor() {
		setInterval(() => this.#look(), 30);
	}

	/** `done` is called when the track's first picture is on the screen. */
	show(track, done) {
		if (this.#shown?.srcObject.getVideoTracks()[0] === track) return done();
		const video = document.createElement('video');
		Object.assign(video, { autoplay: true, playsInline: true, muted: true, width: 320, height: 180, srcObject: new MediaStream([track]) });
		document.body.append(video);
		video.requestVideoFrameCallback(() => {
			this.#shown?.remove();
			this.#shown = video;
			done();
		});
	}

	/** Size and a coarse print of the picture as it is now. */
	picture() {
		if (this.#shown === null) return { width: 0, height: 0, pixels: [] };
		const canvas = document.createElement('canvas');
		canvas.width = 64;
		canvas.height = 36;
		const drawing = canvas.getContext('2d');
		drawing.drawImage(this.#shown, 0, 0, 64, 36);
		const pixels = [...drawing.getImageData(0, 0, 64, 36).data].filter((_, i) => i % 4 === 0);
		return { width: this.#shown.videoWidth, height: this.#shown.videoHeight, pixels };
	}

	/** H.264, Annex B, all frames in one piece. */
	async decode({ codec, frames, data }) {
		const decoded = { frames: 0, width: 0, height: 0 };
		const decoder = new VideoDecoder({
			output(frame) {
				decoded.frames += 1;
				decoded.width = frame.displayWidth;
				decoded.height = frame.displayHeight;
				frame.close();
			},
			error: (error) => console.error(error),
		});
		decoder.configure({ codec });
		let at = 0;
		for (const [i, { key, length }] of frames.entries()) {
			decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp: i * 1000, data: data.slice(at, at + length) }));
			at += length;
		}
		await decoder.flush();
		decoder.close();
		return decoded;
	}

	/** A page without a picture has width 0; so has one whose picture is black all over. */
	#look() {
		if (this.#shown === null) return;
		const { width, pixels } = this.picture();
		const seen = pixels.some((value) => value > 24) ? width : 0;
		if (this.widths.at(-1) !== seen) this.widths.push(seen);
	}
}
