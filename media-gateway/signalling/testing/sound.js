const context = new AudioContext();

/** A track with a steady tone. */
export async function tone(hertz) {
	await context.resume();
	const oscillator = new OscillatorNode(context, { frequency: hertz });
	const destination = context.createMediaStreamDestination();
	oscillator.connect(destination);
	oscillator.start();
	return destination.stream.getAudioTracks()[0];
}

/** Hears one track at a time. */
export class Ear {
	#analyser = context.createAnalyser();
	#source = null;
	#player = null;

	async hear(track) {
		await context.resume();
		this.#source?.disconnect();
		this.#player?.pause();
		const stream = new MediaStream([track]);
		// Chromium decodes a remote track for Web Audio only while an element plays it too.
		this.#player = new Audio();
		this.#player.srcObject = stream;
		this.#player.muted = true;
		await this.#player.play();
		this.#source = context.createMediaStreamSource(stream);
		this.#source.connect(this.#analyser);
	}

	/** Loudest sample now, 0 … 1. */
	loudness() {
		const samples = new Float32Array(this.#analyser.fftSize);
		this.#analyser.getFloatTimeDomainData(samples);
		return Math.max(...samples.map(Math.abs));
	}
}
