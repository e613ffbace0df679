/** A viewer's picture of a camera that has a second, smaller stream. */
export interface Adaptable {
	/** It shows the full picture, and there is a smaller one. */
	readonly reducible: boolean;
	/** It shows the smaller one because of the network. */
	readonly reduced: boolean;
	/** mediasoup's judgement of the way to the viewer, 0 … 10; null while nothing is sent. */
	readonly score: number | null;
	/** Bits per second of the picture that is sent; 0 while not known. */
	readonly bitrate: number;
	reduce(): void;
	restore(): void;
}

const badScore = 5;
const badForMs = 5_000;
const goodForMs = 30_000;
const longestWaitMs = 8 * 60_000;
/** Below this part of what is sent the network's estimate is clearly too small … */
const enough = 0.7;
/** … which is believed only where something is lost too: the estimate begins low and climbs slowly whatever the network carries. */
const perfectScore = 10;

interface Course {
	badSince: number | null;
	goodSince: number | null;
	/** How long it must be good before the full picture is tried again; doubles with each failed try. */
	wait: number;
}

/** Takes the smaller picture where a viewer's network cannot carry the full one, and tries the full one again later. */
export class Adaptation {
	readonly #courses = new WeakMap<Adaptable, Course>();
	#starvedSince: number | null = null;

	/** Called every second or so. `available` is the estimate for all pictures together, in bits per second; null where there is none. */
	sample(pictures: readonly Adaptable[], available: number | null, now: number): void {
		for (const picture of pictures) this.#follow(picture, now);
		if (!this.#isStarved(pictures, available, now)) return;
		this.#starvedSince = now;
		const largest = pictures.filter((each) => each.reducible).sort((a, b) => b.bitrate - a.bitrate)[0];
		if (largest !== undefined) this.#reduce(largest);
	}

	#follow(picture: Adaptable, now: number): void {
		const course = this.#course(picture);
		const { score } = picture;
		if (score === null || score > badScore) course.badSince = null;
		else course.badSince ??= now;
		if (score === null || score <= badScore || !picture.reduced) course.goodSince = null;
		else course.goodSince ??= now;
		if (picture.reducible && course.badSince !== null && now - course.badSince >= badForMs) this.#reduce(picture);
		else if (picture.reduced && course.goodSince !== null && now - course.goodSince >= course.wait) {
			course.goodSince = null;
			course.wait = Math.min(course.wait * 2, longestWaitMs);
			picture.restore();
		}
	}

	#isStarved(pictures: readonly Adaptable[], available: number | null, now: number): boolean {
		const sent = pictures.reduce((sum, each) => sum + each.bitrate, 0);
		const loses = pictures.some(({ score }) => score !== null && score < perfectScore);
		if (available === null || available >= sent * enough || !loses) {
			this.#starvedSince = null;
			return false;
		}
		this.#starvedSince ??= now;
		return now - this.#starvedSince >= badForMs;
	}

	#reduce(picture: Adaptable): void {
		this.#course(picture).badSince = null;
		picture.reduce();
	}

	#course(picture: Adaptable): Course {
		const course = this.#courses.get(picture) ?? { badSince: null, goodSince: null, wait: goodForMs };
		this.#courses.set(picture, course);
		return course;
	}
}
