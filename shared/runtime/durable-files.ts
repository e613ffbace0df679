import { fdatasyncSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

interface Stream {
	nfd?: number;
}

/**
 * PGlite's files, synced when PostgreSQL asks for it. As it comes, PGlite runs with `fsync` off, and its file layer has no sync at all: a
 * commit is then in the kernel's cache, which outlives `kill -9` but not a power cut. Use it with `durableStartParams`.
 *
 * After a crash PostgreSQL would sync all of its 2,000 files before it starts, which takes long on a busy disk. `syncAll` does that
 * beside the work instead; call it once PGlite is there.
 */
export class DurableFiles extends NodeFS {
	#started = false;
	readonly #closing = new AbortController();
	#syncing: Promise<void> = Promise.resolve();

	override async init(pg: PGlite, options: Parameters<NodeFS['init']>[1]) {
		const made = await super.init(pg, options);
		const { preRun } = made.emscriptenOpts;
		if (!Array.isArray(preRun)) throw new Error('the embedded database has another way to start than the one that is known');
		preRun.push((module) => {
			const files = (module as unknown as { NODEFS?: { stream_ops: { fsync?: (stream: Stream) => number } } }).NODEFS;
			if (files === undefined) throw new Error('the embedded database has no files of its own to sync');
			files.stream_ops.fsync = (stream) => {
				if (this.#started && stream.nfd !== undefined) fdatasyncSync(stream.nfd);
				return 0;
			};
		});
		return made;
	}

	/** From here on every sync is done when it is asked for; what was written before is synced in the background. */
	syncAll(): void {
		this.#started = true;
		this.#syncing = syncFolder(this.rootDir, this.#closing.signal).catch(() => undefined);
	}

	/** Gives `syncAll` up: the checkpoint of a clean close syncs what is open. */
	settle(): Promise<void> {
		this.#closing.abort();
		return this.#syncing;
	}
}

async function syncFolder(folder: string, closing: AbortSignal): Promise<void> {
	for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
		if (closing.aborted) return;
		// A file may go meanwhile.
		const file = entry.isFile() ? await open(join(entry.parentPath, entry.name), 'r').catch(() => null) : null;
		await file?.datasync().finally(() => file.close());
	}
}

/**
 * Without `-F` (no fsync). Of the ways to sync the log only `fsync` reaches the file layer: `fdatasync` does nothing in WebAssembly.
 * PostgreSQL's default of 128 MB of shared buffers is a quarter of what this process may take; the kernel caches the files as well.
 */
export function durableStartParams(defaults: readonly string[]): string[] {
	return [...defaults.filter((param) => param !== '-F'), '-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=32MB'];
}
