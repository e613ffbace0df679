import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { arrange } from './queue.ts';

/** Keys pressed this recently mean that somebody is working on the list. */
const keyboardHold = 10_000;

/** Whether somebody works on the list: pointer over it, scrolled into it, or keys pressed a moment ago. */
export function useHolding(list: RefObject<HTMLElement | null>): { held: boolean; touch: () => void; letGo: () => void } {
	const [pointer, setPointer] = useState(false);
	const [scrolled, setScrolled] = useState(false);
	const [keys, setKeys] = useState(false);
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	useEffect(() => {
		const element = list.current;
		if (element === null) return;
		const enter = () => setPointer(true);
		const leave = () => setPointer(false);
		const scroll = () => setScrolled(element.scrollTop > 8);
		element.addEventListener('pointerenter', enter);
		element.addEventListener('pointermove', enter, { passive: true });
		element.addEventListener('pointerleave', leave);
		element.addEventListener('scroll', scroll, { passive: true });
		return () => {
			element.removeEventListener('pointerenter', enter);
			element.removeEventListener('pointermove', enter);
			element.removeEventListener('pointerleave', leave);
			element.removeEventListener('scroll', scroll);
			clearTimeout(timer.current);
		};
	}, [list]);
	const touch = useCallback(() => {
		setKeys(true);
		clearTimeout(timer.current);
		timer.current = setTimeout(() => setKeys(false), keyboardHold);
	}, []);
	const letGo = useCallback(() => {
		clearTimeout(timer.current);
		setKeys(false);
		setScrolled(false);
		setPointer(false);
		list.current?.scrollTo({ top: 0 });
	}, [list]);
	return { held: pointer || scrolled || keys, touch, letGo };
}

/** Keeps the order of a held list; another `key` (a filter, a tab) is the operator's own doing and orders anew. */
export function useHeldOrder(options: { sorted: readonly string[]; held: boolean; key: string; exists: (id: string) => boolean }) {
	const { sorted, held, key, exists } = options;
	const [shown, setShown] = useState<{ key: string; order: readonly string[] }>({ key, order: sorted });
	const arranged = arrange({ shown: shown.order, sorted, held: held && shown.key === key, exists });
	if (shown.key !== key || !sameOrder(shown.order, arranged.order)) setShown({ key, order: arranged.order });
	return arranged;
}

function sameOrder(a: readonly string[], b: readonly string[]): boolean {
	return a === b || (a.length === b.length && a.every((id, index) => id === b[index]));
}
