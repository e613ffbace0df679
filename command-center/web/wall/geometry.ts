import type { Alert } from '@beilun/shared/protocol/alerts.ts';
import type { Panel, Wall } from '@beilun/shared/protocol/walls.ts';
import type { Severity } from '@beilun/shared/protocol/words.ts';
import { severityRank } from '../severity.tsx';

/** Capital letters and digits are about this share of the font size high; Chinese characters are higher. */
const letterShare = 0.72;

/**
 * The font size in CSS pixels whose letters are distance / 215 high (16 arc minutes) on a screen `screenHeight` metres high
 * that shows `viewportHeight` pixels. Never below what is readable on a desk.
 */
export function fontPixels(wall: Pick<Wall, 'distance' | 'screenHeight'>, viewportHeight: number): number {
	const letterMetres = wall.distance / 215;
	return Math.max(14, Math.ceil(((letterMetres / wall.screenHeight) * viewportHeight) / letterShare));
}

export interface Area {
	x: number;
	y: number;
	w: number;
	h: number;
}

/** As CSS grid lines. */
export function gridArea({ x, y, w, h }: Area): { gridColumn: string; gridRow: string } {
	return { gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` };
}

const popUpShare = 0.3;

/**
 * Where an alert takes its place: a rectangle of about a third of the wall that covers whole pictures and nothing else, so that
 * map, list and clock stay. Where there is none, the right half.
 */
export function popUpArea({ columns, rows, panels }: Pick<Wall, 'columns' | 'rows' | 'panels'>): Area {
	const wanted = columns * rows * popUpShare;
	let best: Area | null = null;
	let bestMiss = Number.POSITIVE_INFINITY;
	for (let x = 0; x < columns; x++) {
		for (let y = 0; y < rows; y++) {
			for (let w = 1; w <= columns - x; w++) {
				for (let h = 1; h <= rows - y; h++) {
					const miss = Math.abs(w * h - wanted);
					// The first of equals: the reader's eye begins at the top left.
					if (miss >= bestMiss) continue;
					const area = { x, y, w, h };
					if (!coversWholePictures(area, panels)) continue;
					best = area;
					bestMiss = miss;
				}
			}
		}
	}
	// A strip one cell wide of a fine grid is no place for an alert.
	if (best === null || best.w * best.h < wanted * 0.4) return { x: Math.floor(columns / 2), y: 0, w: Math.max(1, Math.ceil(columns / 2)), h: rows };
	return best;
}

function coversWholePictures(area: Area, panels: readonly Panel[]): boolean {
	let covered = 0;
	for (const panel of panels) {
		const wide = Math.min(area.x + area.w, panel.x + panel.w) - Math.max(area.x, panel.x);
		const high = Math.min(area.y + area.h, panel.y + panel.h) - Math.max(area.y, panel.y);
		if (wide <= 0 || high <= 0) continue;
		if (panel.kind !== 'stream' || wide !== panel.w || high !== panel.h) return false;
		covered += panel.w * panel.h;
	}
	return covered === area.w * area.h;
}

/** Most severe first, then newest. */
export function byUrgency(a: Alert, b: Alert): number {
	return severityRank[a.severity] - severityRank[b.severity] || (a.raisedAt < b.raisedAt ? 1 : a.raisedAt > b.raisedAt ? -1 : a.id < b.id ? -1 : 1);
}

/** Alerts that take their place on the wall: severe enough, still active, acknowledged by nobody. */
export function popUps(alerts: Iterable<Alert>, from: Severity): Alert[] {
	return [...alerts]
		.filter((alert) => alert.state === 'active' && !alert.acknowledged && severityRank[alert.severity] <= severityRank[from])
		.sort(byUrgency);
}
