export interface SnapshotWords {
	/** Burnt in, top line first. */
	lines: string[];
	fileName: string;
}

/** Saves what is on the screen as a JPEG with its time burnt in. The picture may be a video or the canvas of a last picture. */
export async function saveSnapshot(picture: HTMLVideoElement | HTMLCanvasElement, { lines, fileName }: SnapshotWords): Promise<void> {
	const [width, height] = picture instanceof HTMLVideoElement ? [picture.videoWidth, picture.videoHeight] : [picture.width, picture.height];
	if (width === 0 || height === 0) return;
	const canvas = document.createElement('canvas');
	canvas.width = width;
	canvas.height = height;
	const context = canvas.getContext('2d');
	if (context === null) return;
	context.drawImage(picture, 0, 0);
	const size = Math.max(14, Math.round(height / 28));
	context.font = `600 ${size}px system-ui, "Noto Sans CJK SC", sans-serif`;
	context.textBaseline = 'bottom';
	const step = Math.round(size * 1.35);
	const widest = Math.max(...lines.map((line) => context.measureText(line).width));
	context.fillStyle = 'rgb(0 0 0 / 0.65)';
	context.fillRect(0, height - step * lines.length - size / 2, widest + size * 1.5, step * lines.length + size / 2);
	context.fillStyle = '#ffffff';
	for (const [index, line] of lines.entries()) {
		context.fillText(line, size * 0.75, height - step * (lines.length - 1 - index) - size * 0.3);
	}
	const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.92));
	if (blob === null) return;
	const link = document.createElement('a');
	link.href = URL.createObjectURL(blob);
	link.download = fileName;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
