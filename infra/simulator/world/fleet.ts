import { between, distance, heading, type Point } from './geometry.ts';
import type { RoadNetwork } from './roads.ts';
import type { UnitModel } from './units.ts';

export interface UnitPosition {
	lon: number;
	lat: number;
	/** km/h. */
	speed: number;
	/** Degrees from north. */
	heading: number;
}

/** km/h of a unit under blue light. */
const hurry = 92;
/** Boats and cars do not start and stop at once: share of the speed wanted that is gained in a second. */
const agility = 0.5;

/** One moving unit: its patrol, and the mission that takes it off its patrol. */
export class MovingUnit {
	readonly model: UnitModel;
	readonly #roads: RoadNetwork;
	readonly #patrol: Point[];
	#way: Point[];
	#loops: boolean;
	#leg = 0;
	/** Metres along the present leg. */
	#along = 0;
	#speed = 0;
	#heading = 0;
	#at: Point;
	#mission = false;

	constructor(model: UnitModel, roads: RoadNetwork) {
		this.model = model;
		this.#roads = roads;
		const [first] = model.stops;
		if (first === undefined) throw new Error(`${model.input.id}: expected at least one stop`);
		this.#patrol = model.stops.length === 1 ? [first] : model.medium === 'sea' ? [...model.stops, first] : roads.round(model.stops);
		this.#way = this.#patrol;
		this.#loops = true;
		this.#at = this.#patrol[0] ?? first;
	}

	get position(): UnitPosition {
		const [lon, lat] = this.#at;
		return { lon, lat, speed: this.#speed, heading: this.#heading };
	}

	/** Leaves the patrol for a place; `arrived` is true once it stands there. */
	dispatch(to: Point): void {
		this.#mission = true;
		this.#go(this.#roads.route(this.#at, to));
	}

	get arrived(): boolean {
		return this.#mission && this.#leg >= this.#way.length - 1;
	}

	/** Back to where its patrol begins, then on patrol. */
	release(): void {
		if (!this.#mission) return;
		this.#mission = false;
		const [start] = this.#patrol;
		if (start) this.#go(this.#roads.route(this.#at, start));
	}

	advance(seconds: number): void {
		const left = this.#leg < this.#way.length - 1;
		const wanted = left ? (this.#mission ? hurry : this.model.speed) : 0;
		this.#speed += (wanted - this.#speed) * Math.min(1, agility * seconds);
		if (Math.abs(this.#speed) < 0.3) this.#speed = 0;
		let metres = left ? (this.#speed / 3.6) * seconds : 0;
		// Bounded: a way of one point in a loop has nowhere to go.
		for (let step = 0; metres > 0 && step < 1000; step += 1) {
			const from = this.#way[this.#leg];
			const to = this.#way[this.#leg + 1];
			if (from === undefined || to === undefined) break;
			const length = distance(from, to);
			if (this.#along + metres < length) {
				this.#along += metres;
				this.#at = between(from, to, this.#along / length);
				this.#heading = heading(from, to);
				return;
			}
			metres -= length - this.#along;
			this.#along = 0;
			this.#leg += 1;
			this.#at = to;
			if (this.#leg >= this.#way.length - 1) this.#arrive();
		}
	}

	#arrive(): void {
		if (this.#mission) return;
		if (!this.#loops) {
			this.#way = this.#patrol;
			this.#loops = true;
		}
		this.#leg = 0;
	}

	#go(way: Point[]): void {
		this.#way = way;
		this.#leg = 0;
		this.#along = 0;
		this.#loops = false;
	}
}
