/** Where the browser tells: `wifi`, `cellular`, … */
interface NetworkInformation extends EventTarget {
	readonly type?: string;
}

/** Calls `listener` when the device comes back to a network or moves to another one. Returns what ends it. */
export function onNetworkChange(listener: () => void): () => void {
	const { connection } = navigator as Navigator & { connection?: NetworkInformation };
	let type = connection?.type;
	// The browser also tells of every new estimate of the speed, which is no other network.
	const changed = () => {
		if (connection?.type === type) return;
		type = connection?.type;
		if (type !== 'none') listener();
	};
	window.addEventListener('online', listener);
	connection?.addEventListener('change', changed);
	return () => {
		window.removeEventListener('online', listener);
		connection?.removeEventListener('change', changed);
	};
}
