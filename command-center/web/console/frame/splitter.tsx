import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { limits, type Resizable, useLayout } from './layout.ts';

interface Props {
	part: Resizable;
	label: string;
	/** 1 when the part grows as the pointer moves right or down, -1 when it shrinks. */
	direction: 1 | -1;
}

/** The line between two parts: drag it, or move it with the arrow keys. */
export function Splitter({ part, label, direction }: Props) {
	const size = useLayout((layout) => layout[part]);
	const resize = useLayout((layout) => layout.resize);
	const start = useRef<{ at: number; size: number } | null>(null);
	const across = part !== 'strip';
	const at = (event: PointerEvent) => (across ? event.clientX : event.clientY);
	const onKeyDown = (event: KeyboardEvent) => {
		const step = { ArrowRight: across ? 16 : 0, ArrowLeft: across ? -16 : 0, ArrowDown: across ? 0 : 16, ArrowUp: across ? 0 : -16 }[event.key] ?? 0;
		if (step === 0) return;
		event.preventDefault();
		event.stopPropagation();
		resize(part, size + step * direction);
	};
	return (
		// biome-ignore lint/a11y/useSemanticElements: a separator that can be moved has no element of its own
		<div
			role="separator"
			aria-label={label}
			aria-orientation={across ? 'vertical' : 'horizontal'}
			aria-valuenow={size}
			aria-valuemin={limits[part][0]}
			aria-valuemax={limits[part][1]}
			tabIndex={0}
			data-splitter={part}
			className={`group relative z-10 shrink-0 touch-none bg-line hover:bg-line-strong focus-visible:bg-text ${across ? 'w-px cursor-col-resize' : 'h-px cursor-row-resize'}`}
			onKeyDown={onKeyDown}
			onPointerDown={(event) => {
				event.currentTarget.setPointerCapture(event.pointerId);
				start.current = { at: at(event), size };
			}}
			onPointerMove={(event) => {
				if (start.current !== null) resize(part, start.current.size + (at(event) - start.current.at) * direction);
			}}
			onPointerUp={() => {
				start.current = null;
			}}
			onPointerCancel={() => {
				start.current = null;
			}}
		>
			<span aria-hidden className={`absolute ${across ? '-inset-x-1 inset-y-0' : 'inset-x-0 -inset-y-1'}`} />
		</div>
	);
}
