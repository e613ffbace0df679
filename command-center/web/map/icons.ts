import type { Severity } from '@beilun/shared/protocol/words.ts';
import type { Map as MapLibre } from 'maplibre-gl';
import { severityShapes } from '../severity.tsx';

/** Colours of the map; the canvas cannot read the page's tokens. */
export const ink = {
	sea: '#0c0f12',
	land: '#1e2327',
	reservoir: '#10151a',
	coast: '#4a535c',
	river: '#2a333b',
	road: '#30373e',
	mainRoad: '#414a53',
	grid: '#242a30',
	label: '#98a2ac',
	faintLabel: '#7b858f',
	seaLabel: '#6f7b86',
	halo: '#14171a',
	text: '#e6e9ec',
	muted: '#b0b8c0',
	line: '#8b949d',
	body: '#262b31',
} as const;
const severityInk: Record<Severity, string> = { red: '#ff6a5e', orange: '#ff9d42', yellow: '#f2d14a', blue: '#62acff' };

const sensorGroups = ['water', 'rain', 'wind', 'gas', 'plant', 'fire', 'ground', 'city', 'other'] as const;
export type SensorGroup = (typeof sensorGroups)[number];

/** Strokes in a 12 × 12 box. */
const glyphs: Record<SensorGroup | 'camera' | 'unit', string> = {
	water: 'M1.5 4.8q1.5-1.6 3 0t3 0 3 0M1.5 8.2q1.5-1.6 3 0t3 0 3 0',
	rain: 'M6 1.6C6 1.6 2.9 5.3 2.9 7.4a3.1 3.1 0 0 0 6.2 0C9.1 5.3 6 1.6 6 1.6Z',
	wind: 'M1.5 4.6h5.4a1.5 1.5 0 1 0-1.5-1.5M1.5 7.4h7.1a1.5 1.5 0 1 1-1.5 1.5',
	gas: 'M3.9 5.4m-1.9 0a1.9 1.9 0 1 0 3.8 0 1.9 1.9 0 1 0-3.8 0M8.6 4.1m-1.3 0a1.3 1.3 0 1 0 2.6 0 1.3 1.3 0 1 0-2.6 0M7.3 8.5m-1.5 0a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0',
	plant: 'M2.6 3.1a3.4 1.3 0 1 0 6.8 0 3.4 1.3 0 1 0-6.8 0V9a3.4 1.3 0 0 0 6.8 0V3.1',
	fire: 'M6 1.4c.6 2.2 3.2 3.2 3.2 6a3.2 3.2 0 0 1-6.4 0c0-1.4.9-2.2 1.4-3 .3.8.7 1.1 1 1.1C5.7 4 5 2.9 6 1.4Z',
	ground: 'M1.4 9.6 5 3.2l2.1 3.5 1.2-1.9 2.4 4.8Z',
	city: 'M2.6 10V2.4h6.8V10M5 4.9v.1M7 4.9v.1M5 7.4v.1M7 7.4v.1M1.5 10h9',
	other: 'M6 4.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 1 1 0-3.6Z',
	camera: 'M1.2 3.4h6.2v5.2H1.2ZM7.4 5.4l3.4-1.8v4.8L7.4 6.6Z',
	unit: 'M6 1.7a2.1 2.1 0 1 1 0 4.2 2.1 2.1 0 1 1 0-4.2ZM2.2 10.3c0-2.3 1.7-3.4 3.8-3.4s3.8 1.1 3.8 3.4Z',
};

type Draw = (context: CanvasRenderingContext2D) => void;

/** Draws into a square of `size` CSS pixels, three device pixels each, so that the wall can enlarge it. */
function image(size: number, draw: Draw): { data: ImageData; ratio: number } {
	const ratio = 3;
	const canvas = document.createElement('canvas');
	canvas.width = size * ratio;
	canvas.height = size * ratio;
	const context = canvas.getContext('2d', { willReadFrequently: true });
	if (context === null) throw new Error('this browser draws no canvas');
	context.scale(ratio, ratio);
	context.lineJoin = 'round';
	context.lineCap = 'round';
	draw(context);
	return { data: context.getImageData(0, 0, canvas.width, canvas.height), ratio };
}

/** How a thing is told apart without colour: whole, dashed outline, hatched, struck outline. */
type Manner = 'well' | 'waiting' | 'stale' | 'struck';

function body(context: CanvasRenderingContext2D, outline: Path2D, size: number, manner: Manner, fill: string = ink.body): void {
	context.fillStyle = manner === 'struck' || manner === 'waiting' ? ink.halo : fill;
	context.fill(outline);
	if (manner === 'stale') {
		context.save();
		context.clip(outline);
		context.fillStyle = ink.halo;
		context.fillRect(0, 0, size, size);
		context.strokeStyle = '#59636c';
		context.lineWidth = 1.2;
		for (let at = -size; at < size; at += 3.6) {
			context.beginPath();
			context.moveTo(at, size);
			context.lineTo(at + size, 0);
			context.stroke();
		}
		context.restore();
	}
	context.strokeStyle = manner === 'well' ? ink.line : '#737d87';
	context.lineWidth = 1.4;
	context.setLineDash(manner === 'waiting' ? [2.4, 2.2] : []);
	context.stroke(outline);
	context.setLineDash([]);
}

function glyph(context: CanvasRenderingContext2D, path: string, size: number, colour: string): void {
	context.save();
	context.translate(size / 2 - 6, size / 2 - 6);
	context.strokeStyle = colour;
	context.lineWidth = 1.2;
	context.stroke(new Path2D(path));
	context.restore();
}

function strike(context: CanvasRenderingContext2D, size: number): void {
	for (const [colour, width] of [
		[ink.halo, 3.4],
		[ink.muted, 1.6],
	] as const) {
		context.strokeStyle = colour;
		context.lineWidth = width;
		context.beginPath();
		context.moveTo(3, size - 3);
		context.lineTo(size - 3, 3);
		context.stroke();
	}
}

function marker(outline: (size: number) => Path2D, path: string, manner: Manner, fill?: string, stroke?: string) {
	const size = 24;
	return image(size, (context) => {
		body(context, outline(size), size, manner, fill);
		glyph(context, path, size, manner === 'well' ? (stroke ?? ink.text) : '#a4adb6');
		if (manner === 'struck') strike(context, size);
	});
}

function round(size: number): Path2D {
	const path = new Path2D();
	path.arc(size / 2, size / 2, size / 2 - 2.5, 0, 2 * Math.PI);
	return path;
}
function square(size: number): Path2D {
	const path = new Path2D();
	path.roundRect(2.5, 2.5, size - 5, size - 5, 4);
	return path;
}
function shield(size: number): Path2D {
	const path = new Path2D();
	for (let corner = 0; corner < 6; corner++) {
		const angle = (corner * Math.PI) / 3;
		path.lineTo(size / 2 + (size / 2 - 1.5) * Math.cos(angle), size / 2 + (size / 2 - 1.5) * Math.sin(angle));
	}
	path.closePath();
	return path;
}

/** Severity shape on a dark ground; not acknowledged adds a white edge, cleared leaves the outline. */
function alertImage(severity: Severity, manner: 'open' | 'acknowledged' | 'cleared') {
	const size = 32;
	return image(size, (context) => {
		context.translate(size / 2 - 12, size / 2 - 12);
		context.scale(1.5, 1.5);
		const shape = new Path2D(severityShapes[severity]);
		context.strokeStyle = ink.halo;
		context.lineWidth = 4.4;
		context.stroke(shape);
		context.strokeStyle = manner === 'open' ? '#ffffff' : severityInk[severity];
		context.lineWidth = manner === 'cleared' ? 1.6 : 2.6;
		context.stroke(shape);
		context.fillStyle = manner === 'cleared' ? ink.halo : severityInk[severity];
		context.fill(shape);
		if (manner === 'cleared') {
			context.strokeStyle = severityInk[severity];
			context.stroke(shape);
		}
	});
}

/** What a camera sees: a fan from the icon's middle, upwards; `degrees` wide. */
function coneImage(degrees: number, lit: boolean) {
	const size = 88;
	return image(size, (context) => {
		const half = (Math.min(360, degrees) / 2) * (Math.PI / 180);
		const fan = new Path2D();
		fan.moveTo(size / 2, size / 2);
		fan.arc(size / 2, size / 2, size / 2 - 1, -Math.PI / 2 - half, -Math.PI / 2 + half);
		fan.closePath();
		const fade = context.createRadialGradient(size / 2, size / 2, 8, size / 2, size / 2, size / 2);
		fade.addColorStop(0, lit ? 'rgb(230 233 236 / 0.34)' : 'rgb(230 233 236 / 0.1)');
		fade.addColorStop(1, 'rgb(230 233 236 / 0.03)');
		context.fillStyle = fade;
		context.fill(fan);
		context.strokeStyle = lit ? 'rgb(230 233 236 / 0.4)' : 'rgb(230 233 236 / 0.22)';
		context.lineWidth = 1;
		context.setLineDash(lit ? [] : [3, 3]);
		context.stroke(fan);
	});
}

function headingImage() {
	const size = 44;
	return image(size, (context) => {
		const tip = new Path2D('M22 4 27.5 13 22 10.8 16.5 13Z');
		context.strokeStyle = ink.halo;
		context.lineWidth = 3;
		context.stroke(tip);
		context.fillStyle = ink.text;
		context.fill(tip);
	});
}

function selectionImage() {
	const size = 44;
	return image(size, (context) => {
		for (const [colour, width] of [
			[ink.halo, 5],
			['#ffffff', 2.4],
		] as const) {
			context.strokeStyle = colour;
			context.lineWidth = width;
			for (let corner = 0; corner < 4; corner++) {
				context.save();
				context.translate(size / 2, size / 2);
				context.rotate((corner * Math.PI) / 2);
				context.stroke(new Path2D('M-18 -10V-18H-10'));
				context.restore();
			}
		}
	});
}

/** View angles are drawn in steps of 15 degrees. */
export function coneStep(fieldOfView: number): number {
	return Math.max(15, Math.min(360, Math.round(fieldOfView / 15) * 15));
}

/** Puts every image the layers name into the map: some 80 of them, drawn once. */
export function addImages(map: MapLibre): void {
	const add = (name: string, { data, ratio }: { data: ImageData; ratio: number }) => {
		if (!map.hasImage(name)) map.addImage(name, data, { pixelRatio: ratio });
	};
	for (const group of sensorGroups) {
		add(`sensor-${group}-online`, marker(round, glyphs[group], 'well'));
		add(`sensor-${group}-stale`, marker(round, glyphs[group], 'stale'));
		add(`sensor-${group}-unknown`, marker(round, glyphs[group], 'waiting'));
		add(`sensor-${group}-offline`, marker(round, glyphs[group], 'struck'));
	}
	add('camera-live', marker(square, glyphs.camera, 'well', '#d5dade', '#14171a'));
	add('camera-ready', marker(square, glyphs.camera, 'well'));
	add('camera-connecting', marker(square, glyphs.camera, 'waiting'));
	add('camera-failed', marker(square, glyphs.camera, 'struck'));
	for (let step = 15; step <= 360; step += 15) {
		add(`cone-${step}-live`, coneImage(step, true));
		add(`cone-${step}-dark`, coneImage(step, false));
	}
	add('unit-fresh', marker(shield, glyphs.unit, 'well', '#3c444c'));
	add('unit-video', marker(shield, glyphs.camera, 'well', '#d5dade', '#14171a'));
	add('unit-stale', marker(shield, glyphs.unit, 'stale'));
	add('unit-help', marker(shield, 'M6 2v4.6M6 9.6v.1', 'well', '#8c211a', '#ffffff'));
	add('heading', headingImage());
	add('selection', selectionImage());
	for (const severity of ['red', 'orange', 'yellow', 'blue'] as const) {
		add(`alert-${severity}-open`, alertImage(severity, 'open'));
		add(`alert-${severity}-acknowledged`, alertImage(severity, 'acknowledged'));
		add(`alert-${severity}-cleared`, alertImage(severity, 'cleared'));
	}
}
