import type { PositionMessage } from '@beilun/shared/protocol/sensors.ts';
import { useEffect, useRef, useState } from 'react';
import { api, problemText } from '../api.ts';
import { metresBetween } from '../map/geometry.ts';
import { followCompass } from './compass.ts';

export interface OwnPosition {
	position: PositionMessage | null;
	problem: 'position-denied' | 'position-unavailable' | 'position-timeout' | 'position-unsupported' | null;
	/** Why the centre does not have the newest position; null when it has. */
	unsent: string | null;
}

/** A position is sent when the unit has moved this far, and otherwise this often, so that its age tells that the phone is there. */
const movedMetres = 10;
const turnedDegrees = 15;
const minimumPause = 2_000;
const maximumPause = 15_000;

/** Slower than this, in m/s, the way one goes says nothing about where one looks. */
const walking = 1;

type Found = Pick<GeolocationPosition, 'timestamp'> & { coords: Omit<GeolocationCoordinates, 'toJSON'> };

/**
 * What the browser tells, as the centre takes it: km/h, degrees, metres; what is not known is left out. On the move the heading is
 * that of the way, standing still that of the compass, where there is one.
 */
export function toMessage({ coords, timestamp }: Found, compass: number | null = null): PositionMessage {
	const { longitude: lon, latitude: lat, accuracy, speed } = coords;
	const heading = compass !== null && (speed ?? 0) < walking ? compass : coords.heading;
	return {
		time: new Date(timestamp).toISOString(),
		lon,
		lat,
		...(speed !== null && Number.isFinite(speed) && speed >= 0 ? { speed: Math.min(1500, speed * 3.6) } : {}),
		// Standing still, browsers say NaN.
		...(heading !== null && Number.isFinite(heading) ? { heading } : {}),
		...(Number.isFinite(accuracy) ? { accuracy: Math.min(100_000, accuracy) } : {}),
	};
}

export function isDue(last: { position: PositionMessage; at: number } | null, position: PositionMessage, now: number): boolean {
	if (last === null || now - last.at >= maximumPause) return true;
	if (now - last.at < minimumPause) return false;
	return metresBetween(last.position, position) >= movedMetres || turned(last.position.heading, position.heading) >= turnedDegrees;
}

function turned(before: number | undefined, now: number | undefined): number {
	if (before === undefined || now === undefined) return before === now ? 0 : turnedDegrees;
	const turn = Math.abs(before - now) % 360;
	return Math.min(turn, 360 - turn);
}

/** Follows the phone's position and reports it as the unit's. */
export function usePosition(unitId: string | null): OwnPosition {
	const [own, setOwn] = useState<OwnPosition>({ position: null, problem: null, unsent: null });
	const latest = useRef<PositionMessage | null>(null);
	useEffect(() => {
		if (unitId === null) return;
		if (navigator.geolocation === undefined) {
			setOwn((before) => ({ ...before, problem: 'position-unsupported' }));
			return;
		}
		let last: { position: PositionMessage; at: number } | null = null;
		let sending = false;
		const send = async () => {
			const position = latest.current;
			if (position === null || sending || !isDue(last, position, Date.now())) return;
			sending = true;
			const before = last;
			last = { position, at: Date.now() };
			try {
				await api.post(`/api/v1/units/${unitId}/position`, position);
				setOwn((now) => ({ ...now, unsent: null }));
			} catch (error) {
				last = before;
				setOwn((now) => ({ ...now, unsent: problemText(error) }));
			} finally {
				sending = false;
			}
		};
		let compass: number | null = null;
		const unfollow = followCompass((heading) => {
			compass = heading;
		});
		const take = (found: GeolocationPosition) => {
			latest.current = toMessage(found, compass);
			setOwn((before) => ({ ...before, position: latest.current, problem: null }));
			void send();
		};
		const watch = navigator.geolocation.watchPosition(
			take,
			({ code }) => {
				const problem = code === 1 ? 'position-denied' : code === 2 ? 'position-unavailable' : 'position-timeout';
				setOwn((before) => ({ ...before, problem }));
			},
			{ enableHighAccuracy: true, maximumAge: 2_000, timeout: 20_000 },
		);
		const timer = setInterval(() => void send(), minimumPause);
		// Some phones are silent while they lie still; asking shows that the position still holds.
		const ask = setInterval(() => {
			if (latest.current === null || Date.now() - Date.parse(latest.current.time) < maximumPause - 5_000) return;
			navigator.geolocation.getCurrentPosition(take, () => undefined, { enableHighAccuracy: true, maximumAge: 0, timeout: 8_000 });
		}, 10_000);
		return () => {
			navigator.geolocation.clearWatch(watch);
			clearInterval(timer);
			clearInterval(ask);
			unfollow();
		};
	}, [unitId]);
	return own;
}
