import { distance, type Point, readBasemap } from './geometry.ts';

interface Node {
	at: Point;
	edges: Map<number, number>;
}

/** Line ends this near another road (metres) are taken to meet it. */
const joinWithin = 450;

/** The roads of the base map as a network to drive on: they meet where they cross and where one ends beside another. */
export class RoadNetwork {
	readonly #nodes: Node[] = [];

	static read(): RoadNetwork {
		const lines = readBasemap('roads')
			.filter(({ properties }) => properties.class !== 'rail')
			.map(({ geometry }) => geometry.coordinates as Point[]);
		return new RoadNetwork(lines);
	}

	constructor(lines: Point[][]) {
		const segments: { line: number; from: number; to: number; a: Point; b: Point; cuts: { part: number; node: number }[] }[] = [];
		const ends: { node: number; line: number }[] = [];
		for (const [line, points] of lines.entries()) {
			let previous: number | undefined;
			for (const point of points) {
				const node = this.#add(point);
				const before = previous === undefined ? undefined : this.#nodes[previous];
				if (previous !== undefined && before) segments.push({ line, from: previous, to: node, a: before.at, b: point, cuts: [] });
				else ends.push({ node, line });
				previous = node;
			}
			if (previous !== undefined) ends.push({ node: previous, line });
		}
		for (const [index, one] of segments.entries()) {
			for (let next = index + 1; next < segments.length; next += 1) {
				const other = segments[next];
				if (other === undefined || one.line === other.line) continue;
				const crossing = cross(one, other);
				if (crossing === null) continue;
				const node = this.#add(crossing.at);
				one.cuts.push({ part: crossing.one, node });
				other.cuts.push({ part: crossing.other, node });
			}
		}
		for (const { from, to, cuts } of segments) {
			const chain = [from, ...cuts.sort((one, other) => one.part - other.part).map(({ node }) => node), to];
			for (let step = 1; step < chain.length; step += 1) this.#connect(chain[step - 1] ?? from, chain[step] ?? to);
		}
		for (const { node, line } of ends) {
			const end = this.#nodes[node];
			if (end === undefined) continue;
			const own = new Set(segments.filter((segment) => segment.line === line).flatMap(({ from, to }) => [from, to]));
			const near = this.#nearest(end.at, (candidate) => !own.has(candidate) && candidate !== node);
			const target = this.#nodes[near];
			if (target && distance(end.at, target.at) <= joinWithin) this.#connect(node, near);
		}
	}

	/** From point to point along the roads, both ends included as they are; straight where no road leads there. */
	route(from: Point, to: Point): Point[] {
		const start = this.#nearest(from);
		const goal = this.#nearest(to);
		return [from, ...this.#shortest(start, goal), to];
	}

	/** Through all points in turn and back to the first. */
	round(points: readonly Point[]): Point[] {
		const snapped = points.map((point) => this.#nodes[this.#nearest(point)]?.at ?? point);
		const way: Point[] = [];
		for (const [index, point] of snapped.entries()) {
			const next = snapped[(index + 1) % snapped.length] ?? point;
			way.push(...this.#shortest(this.#nearest(point), this.#nearest(next)));
		}
		return way;
	}

	#add(at: Point): number {
		return this.#nodes.push({ at, edges: new Map() }) - 1;
	}

	#connect(one: number, other: number): void {
		const [a, b] = [this.#nodes[one], this.#nodes[other]];
		if (a === undefined || b === undefined || one === other) return;
		const length = distance(a.at, b.at);
		a.edges.set(other, length);
		b.edges.set(one, length);
	}

	#nearest(point: Point, accept: (node: number) => boolean = () => true): number {
		let best = 0;
		let least = Number.POSITIVE_INFINITY;
		for (const [index, node] of this.#nodes.entries()) {
			const away = distance(point, node.at);
			if (away < least && accept(index)) [best, least] = [index, away];
		}
		return best;
	}

	/** Dijkstra's; the network has about a thousand nodes. Empty when no road leads there. */
	#shortest(start: number, goal: number): Point[] {
		const lengths = new Map([[start, 0]]);
		const previous = new Map<number, number>();
		const open = new Set([start]);
		while (open.size > 0) {
			let current = start;
			let least = Number.POSITIVE_INFINITY;
			for (const node of open) {
				const length = lengths.get(node) ?? least;
				if (length < least) [current, least] = [node, length];
			}
			if (current === goal) break;
			open.delete(current);
			for (const [neighbour, length] of this.#nodes[current]?.edges ?? []) {
				if (least + length >= (lengths.get(neighbour) ?? Number.POSITIVE_INFINITY)) continue;
				lengths.set(neighbour, least + length);
				previous.set(neighbour, current);
				open.add(neighbour);
			}
		}
		if (!lengths.has(goal)) return [];
		const way: Point[] = [];
		for (let node: number | undefined = goal; node !== undefined; node = previous.get(node)) {
			const at = this.#nodes[node]?.at;
			if (at) way.unshift(at);
		}
		return way;
	}
}

function cross(one: { a: Point; b: Point }, other: { a: Point; b: Point }): { at: Point; one: number; other: number } | null {
	const [ux, uy] = [one.b[0] - one.a[0], one.b[1] - one.a[1]];
	const [vx, vy] = [other.b[0] - other.a[0], other.b[1] - other.a[1]];
	const area = ux * vy - uy * vx;
	if (Math.abs(area) < 1e-14) return null;
	const [wx, wy] = [other.a[0] - one.a[0], other.a[1] - one.a[1]];
	const first = (wx * vy - wy * vx) / area;
	const second = (wx * uy - wy * ux) / area;
	if (first < 0 || first > 1 || second < 0 || second > 1) return null;
	return { at: [one.a[0] + ux * first, one.a[1] + uy * first], one: first, other: second };
}
