import { type Canvas, height, newCanvas, type Scene, width } from './canvas.ts';
import { random } from './color.ts';

/** What lens and sensor do to a picture (bloom, softness, vignette, grain), and the names burnt in. */
export function createLens(scene: Scene): (target: Canvas, picture: Canvas) => void {
	const grain = paintGrain();
	const small = newCanvas(width / 4, height / 4);
	const smaller = newCanvas(width / 16, height / 16);
	return (target, picture) => {
		target.globalCompositeOperation = 'copy';
		target.filter = 'blur(0.55px)';
		target.drawImage(picture.canvas, 0, 0, width, height);
		target.filter = 'none';
		small.globalCompositeOperation = 'copy';
		small.drawImage(picture.canvas, 0, 0, width / 4, height / 4);
		// Multiplying the picture with itself leaves only what is bright.
		small.globalCompositeOperation = 'multiply';
		small.drawImage(small.canvas, 0, 0, width / 4, height / 4);
		small.drawImage(small.canvas, 0, 0, width / 4, height / 4);
		smaller.globalCompositeOperation = 'copy';
		smaller.drawImage(small.canvas, 0, 0, width / 16, height / 16);
		target.globalCompositeOperation = 'screen';
		target.globalAlpha = scene.light === 'night' ? 0.5 : 0.16;
		target.drawImage(smaller.canvas, 0, 0, width, height);
		target.globalAlpha = 1;
		target.globalCompositeOperation = 'multiply';
		const vignette = target.createRadialGradient(width / 2, height / 2, height * 0.45, width / 2, height / 2, width * 0.62);
		vignette.addColorStop(0, 'rgb(255,255,255)');
		vignette.addColorStop(1, 'rgb(168,168,172)');
		target.fillStyle = vignette;
		target.fillRect(0, 0, width, height);
		target.globalCompositeOperation = 'source-over';
		target.drawImage(grain.canvas, 0, 0, width, height);
		burnIn(target, scene);
	};
}

function paintGrain(): Canvas {
	const grain = newCanvas();
	const pixels = grain.createImageData(width, height);
	const chance = random(99);
	for (let index = 0; index < width * height; index++) {
		const bright = chance() < 0.5 ? 0 : 255;
		pixels.data.fill(bright, index * 4, index * 4 + 3);
		pixels.data[index * 4 + 3] = chance() * 7;
	}
	grain.putImageData(pixels, 0, 0);
	return grain;
}

function burnIn(target: Canvas, scene: Scene): void {
	target.lineJoin = 'round';
	target.textBaseline = 'alphabetic';
	const write = (text: string, x: number, y: number, size: number, align: 'left' | 'right') => {
		target.font = `500 ${size}px "Noto Sans CJK SC", sans-serif`;
		target.textAlign = align;
		target.lineWidth = 3.2;
		target.strokeStyle = 'rgba(0,0,0,0.75)';
		target.strokeText(text, x, y);
		target.fillStyle = 'rgb(244,246,248)';
		target.fillText(text, x, y);
	};
	write(scene.name.zh, 22, 42, 25, 'left');
	write(scene.id.toUpperCase(), 22, height - 22, 18, 'left');
	write('演示 DEMO', width - 22, height - 22, 16, 'right');
}
