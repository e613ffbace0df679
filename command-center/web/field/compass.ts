type Orientation = Pick<DeviceOrientationEvent, 'alpha' | 'beta' | 'gamma' | 'absolute'> & { webkitCompassHeading?: number };

/**
 * Where the back of the phone, and so its camera, looks: degrees clockwise from north. Lying flat there is no such direction, and
 * the upper edge counts instead. Null where the phone's angles are not measured from north.
 *
 * The device's frame is turned by alpha, beta and gamma about Z, X' and Y'' (W3C Device Orientation, section 4).
 */
export function compassHeading({ alpha, beta, gamma, absolute, webkitCompassHeading }: Orientation): number | null {
	if (webkitCompassHeading !== undefined && Number.isFinite(webkitCompassHeading)) return whole(webkitCompassHeading);
	if (!absolute || alpha === null || beta === null || gamma === null) return null;
	const radians = (degrees: number) => (degrees * Math.PI) / 180;
	const [z, x, y] = [radians(alpha), radians(beta), radians(gamma)];
	// The back of the phone, in metres east and north.
	const back = {
		east: -Math.cos(z) * Math.sin(y) - Math.sin(z) * Math.sin(x) * Math.cos(y),
		north: -Math.sin(z) * Math.sin(y) + Math.cos(z) * Math.sin(x) * Math.cos(y),
	};
	const top = { east: -Math.sin(z) * Math.cos(x), north: Math.cos(z) * Math.cos(x) };
	const { east, north } = Math.hypot(back.east, back.north) > 0.5 ? back : top;
	return whole((Math.atan2(east, north) * 180) / Math.PI);
}

function whole(degrees: number): number {
	return ((Math.round(degrees) % 360) + 360) % 360 || 0;
}

interface AskingOrientation {
	requestPermission?: () => Promise<'granted' | 'denied'>;
}

/** From a touch: iPhones ask the person before they tell where they point. */
export function askCompass(): void {
	const asking = globalThis.DeviceOrientationEvent as unknown as AskingOrientation | undefined;
	asking?.requestPermission?.().catch(() => undefined);
}

/** Tells each new heading, until the returned function is called. */
export function followCompass(listener: (heading: number) => void): () => void {
	const take = (event: Event) => {
		const heading = compassHeading(event as DeviceOrientationEvent);
		if (heading !== null) listener(heading);
	};
	// Chrome's angles count from north only in the one, iPhones tell theirs in the other.
	const names = ['deviceorientationabsolute', 'deviceorientation'];
	for (const name of names) window.addEventListener(name, take);
	return () => {
		for (const name of names) window.removeEventListener(name, take);
	};
}
