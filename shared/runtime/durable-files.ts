import { fdatasyncSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

interface Stream {
	nfd?: number;
}

/**
 * PGlite's files, synced when PostgreSQL asks for it. As it comes, PGlite runs with `fsync` off, and its file layer has no sync at all: a
 * commit is then in the kernel's cache, which outlives `kill -9` but not a power cut. Use it with `durableStartParams`.
 */
export class DurableFiles extends NodeFS {
	override async init(pg: PGlite, options: Parameters<NodeFS['init']>[1]) {
		const made = await super.init(pg, options);
		const { preRun } = made.emscriptenOpts;
		if (!Array.isArray(preRun)) throw new Error('the embedded database has another way to start than the one that is known');
		preRun.push((module) => {
			const files = (module as unknown as { NODEFS?: { stream_ops: { fsync?: (stream: Stream) => number } } }).NODEFS;
			if (files === undefined) throw new Error('the embedded database has no files of its own to sync');
			files.stream_ops.fsync = (stream) => {
				if (stream.nfd !== undefined) fdatasyncSync(stream.nfd);
				return 0;
			};
		});
		return made;
	}
}

/** Without `-F` (no fsync). Of the ways to sync the log only `fsync` reaches the file layer: `fdatasync` does nothing in WebAssembly. */
export function durableStartParams(defaults: readonly string[]): string[] {
	return [...defaults.filter((param) => param !== '-F'), '-c', 'wal_sync_method=fsync'];
}
