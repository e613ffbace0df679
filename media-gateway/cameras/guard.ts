import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { fromNetworkError, SourceError } from '../rtsp/failure.ts';

/**
 * Networks nobody may make the gateway reach by registering a "camera" there: this machine, link-local with the clouds'
 * metadata services, multicast, unspecified, reserved, and IPv6 forms that carry IPv4 addresses past the rules.
 */
const refused: [network: string, prefix: number, type: 'ipv4' | 'ipv6'][] = [
	['0.0.0.0', 8, 'ipv4'],
	['127.0.0.0', 8, 'ipv4'],
	['169.254.0.0', 16, 'ipv4'],
	['100.100.100.200', 32, 'ipv4'],
	['224.0.0.0', 4, 'ipv4'],
	['240.0.0.0', 4, 'ipv4'],
	['::', 96, 'ipv6'],
	['64:ff9b::', 96, 'ipv6'],
	['2002::', 16, 'ipv6'],
	['fe80::', 10, 'ipv6'],
	['fec0::', 10, 'ipv6'],
	['fd00:ec2::254', 128, 'ipv6'],
	['ff00::', 8, 'ipv6'],
];

/** Decides which addresses cameras may have. Private networks are allowed: cameras live there. */
export class AddressGuard {
	readonly #refused = new BlockList();
	readonly #allowed = new BlockList();

	/** `allowed` in CIDR notation. Throws for what is none. */
	constructor(allowed: readonly string[]) {
		for (const [network, prefix, type] of refused) this.#refused.addSubnet(network, prefix, type);
		for (const cidr of allowed) {
			const [network = '', prefix] = cidr.split('/');
			const family = isIP(network);
			const bits = Number(prefix ?? (family === 4 ? 32 : 128));
			if (family === 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 4 ? 32 : 128)) {
				throw new Error(`cameraNetworks = ${JSON.stringify(cidr)}: expected a network such as 192.0.2.0/24`);
			}
			this.#allowed.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
		}
	}

	isAllowed(ip: string): boolean {
		const plain = unmapped(ip);
		const family = isIP(plain);
		if (family === 0) return false;
		const type = family === 4 ? 'ipv4' : 'ipv6';
		return this.#allowed.check(plain, type) || !this.#refused.check(plain, type);
	}

	/** The address to connect to, which is the very one that was checked. Throws `SourceError`. */
	async resolve(host: string): Promise<string> {
		let addresses: string[];
		try {
			addresses = isIP(host) === 0 ? (await lookup(host, { all: true })).map((each) => each.address) : [host];
		} catch (error) {
			throw fromNetworkError(error, false);
		}
		const found = addresses.find((address) => this.isAllowed(address));
		if (found === undefined) throw new SourceError('refused-address', `cameras may not be at ${addresses.join(', ') || host}`);
		return found;
	}
}

/** `::ffff:a.b.c.d` in any spelling is the IPv4 address it carries. A zone (`%eth0`) makes an address unusable here. */
function unmapped(ip: string): string {
	if (isIP(ip) !== 6) return ip;
	if (ip.includes('%')) return '';
	const normal = new URL(`http://[${ip}]`).hostname.slice(1, -1);
	const match = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(normal);
	if (match === null) return normal;
	const high = Number.parseInt(match[1] ?? '', 16);
	const low = Number.parseInt(match[2] ?? '', 16);
	return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}
