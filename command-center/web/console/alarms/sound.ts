import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { Severity } from '@beilun/shared/protocol/words.ts';
import { create } from 'zustand';
import { entitiesOf, useRealtime } from '../../realtime/store.ts';
import { severityRank } from '../../severity.tsx';

/** One tone: hertz, start and length in seconds after the pattern's beginning. */
type Tone = [frequency: number, at: number, length: number];

/** Told apart by number, pitch and speed, so that a severity is known without looking. */
const patterns: Record<Severity, readonly Tone[]> = {
	red: [0, 0.36, 0.72].flatMap((at): Tone[] => [
		[988, at, 0.15],
		[740, at + 0.17, 0.15],
	]),
	orange: [
		[740, 0, 0.22],
		[740, 0.34, 0.22],
	],
	yellow: [[587, 0, 0.32]],
	blue: [[392, 0, 0.22]],
};
/** An unacknowledged red alert is heard again this often, seconds. */
const repeatEvery = 6_000;
const storageKey = 'beilun.sound';

interface Sound {
	on: boolean;
	/** The browser keeps silent until the person has touched the page. */
	blocked: boolean;
	toggle: () => void;
}

export const useSound = create<Sound>()((set, get) => ({
	on: globalThis.localStorage?.getItem(storageKey) !== 'off',
	blocked: false,
	toggle: () => {
		const on = !get().on;
		globalThis.localStorage?.setItem(storageKey, on ? 'on' : 'off');
		set({ on });
		if (on) unlock();
	},
}));

let audio: AudioContext | null = null;

function playSeverity(severity: Severity): void {
	if (!useSound.getState().on || audio === null || audio.state !== 'running') return;
	for (const [frequency, at, length] of patterns[severity]) {
		const start = audio.currentTime + 0.02 + at;
		const oscillator = audio.createOscillator();
		const gain = audio.createGain();
		oscillator.type = 'triangle';
		oscillator.frequency.value = frequency;
		gain.gain.setValueAtTime(0, start);
		gain.gain.linearRampToValueAtTime(0.3, start + 0.015);
		gain.gain.setValueAtTime(0.3, start + length - 0.03);
		gain.gain.linearRampToValueAtTime(0, start + length);
		oscillator.connect(gain).connect(audio.destination);
		oscillator.start(start);
		oscillator.stop(start + length);
	}
}

/** Asks the browser for sound; it agrees after a click or a key only. */
export function unlock(): void {
	audio ??= new AudioContext();
	const context = audio;
	const look = () => useSound.setState({ blocked: context.state !== 'running' });
	context.onstatechange = look;
	look();
	if (context.state !== 'running') context.resume().then(look, look);
}

/** What calls for a sound among these: the most severe alert that is new or has become worse since `known`. */
export function soundFor(alerts: Iterable<Alert>, known: ReadonlyMap<string, Severity>): Severity | null {
	let worst: Severity | null = null;
	for (const alert of alerts) {
		if (alert.state !== 'active' || alert.acknowledged) continue;
		const before = known.get(alert.id);
		if (before !== undefined && severityRank[before] <= severityRank[alert.severity]) continue;
		if (worst === null || severityRank[alert.severity] < severityRank[worst]) worst = alert.severity;
	}
	return worst;
}

/** Sounds for what is new, and again for every unacknowledged red, until the returned function is called. */
export function startSound(): () => void {
	let known: Map<string, Severity> | null = null;
	let before: unknown;
	const look = () => {
		const alerts = entitiesOf('alerts');
		if (alerts === before) return;
		before = alerts;
		const all = Object.values(alerts);
		// What was there before we came is shown, not sung; only a red one is repeated below.
		if (known !== null) {
			const severity = soundFor(all, known);
			if (severity !== null) playSeverity(severity);
		}
		if (known !== null || useRealtime.getState().connection.complete) known = new Map(all.map((alert) => [alert.id, alert.severity]));
	};
	const repeat = setInterval(() => {
		look();
		const calls = Object.values(entitiesOf('alerts')).some((alert) => alert.severity === 'red' && alert.state === 'active' && !alert.acknowledged);
		if (calls) playSeverity('red');
	}, repeatEvery);
	const stop = useRealtime.subscribe(look);
	const touched = () => {
		if (useSound.getState().on) unlock();
	};
	unlock();
	window.addEventListener('pointerdown', touched);
	window.addEventListener('keydown', touched);
	return () => {
		clearInterval(repeat);
		stop();
		window.removeEventListener('pointerdown', touched);
		window.removeEventListener('keydown', touched);
	};
}
