import { calm, type DriverName, type Drivers, driverNames } from '../world/moment.ts';
import type { Curve, Scenario, ScenarioEvent } from './typhoon-night.ts';

/** Seconds in which everything falls back when a scenario is stopped before its end. */
const fallBack = 30;

/**
 * Plays one scenario at a time. Keeps no clock: it is told the time in seconds, and answers what drives the district then and
 * which events have come due.
 */
export class ScenarioPlayer {
	#playing: { scenario: Scenario; startedAt: number; done: number } | null = null;
	#left: { drivers: Drivers; at: number } = { drivers: calm, at: Number.NEGATIVE_INFINITY };

	get playing(): string | null {
		return this.#playing?.scenario.name ?? null;
	}

	/** From the beginning, also when it is playing already. What was left of the last one fades meanwhile. */
	start(scenario: Scenario, now: number): void {
		this.#left = { drivers: this.drivers(now), at: now };
		this.#playing = { scenario, startedAt: now, done: 0 };
	}

	/** Answers the events that undo what has been done and not undone yet. */
	stop(now: number): ScenarioEvent[] {
		if (this.#playing === null) return [];
		const { scenario, done } = this.#playing;
		this.#left = { drivers: this.drivers(now), at: now };
		this.#playing = null;
		return undo(scenario.events.slice(0, done));
	}

	drivers(now: number): Drivers {
		const fading = Math.max(0, 1 - (now - this.#left.at) / fallBack);
		const drivers = { ...calm };
		for (const name of driverNames) drivers[name] = Math.max(this.#played(name, now), this.#left.drivers[name] * fading);
		return drivers;
	}

	/** Events that came due since the last call, in order; `ended` once, when the scenario is over. */
	due(now: number): { events: ScenarioEvent[]; ended: boolean } {
		if (this.#playing === null) return { events: [], ended: false };
		const { scenario, startedAt, done } = this.#playing;
		const upTo = scenario.events.findIndex((event) => event.at > now - startedAt);
		const end = upTo === -1 ? scenario.events.length : upTo;
		this.#playing.done = end;
		const ended = now - startedAt >= scenario.duration;
		if (ended) this.#playing = null;
		return { events: scenario.events.slice(done, end), ended };
	}

	#played(name: DriverName, now: number): number {
		const curve = this.#playing?.scenario.drivers[name];
		return curve === undefined || this.#playing === null ? 0 : valueAt(curve, now - this.#playing.startedAt);
	}
}

/** The curve's value at a second; before its first point and after its last it stays there. */
export function valueAt(curve: Curve, second: number): number {
	const after = curve.findIndex(([at]) => at > second);
	const [, first] = curve[0] ?? [0, 0];
	if (after === 0) return first;
	const [fromAt, from] = curve[after === -1 ? curve.length - 1 : after - 1] ?? [0, first];
	const next = after === -1 ? undefined : curve[after];
	if (next === undefined) return from;
	return from + ((next[1] - from) * (second - fromAt)) / (next[0] - fromAt);
}

function undo(done: ScenarioEvent[]): ScenarioEvent[] {
	const back = new Map<string, ScenarioEvent>();
	for (const event of done) {
		if (event.do === 'fail-camera') back.set(event.camera, { at: 0, do: 'restore-camera', camera: event.camera });
		else if (event.do === 'restore-camera') back.delete(event.camera);
		else if (event.do === 'dispatch') back.set(event.unit, { at: 0, do: 'release', unit: event.unit });
		else if (event.do === 'release') back.delete(event.unit);
	}
	return [...back.values()];
}
