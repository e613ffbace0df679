import type { Camera, CameraInput } from '@beilun/shared/protocol/media.ts';
import type { Bus } from '@beilun/shared/runtime/bus.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { RequestError } from '@beilun/shared/runtime/http.ts';
import type { SecretBox } from '@beilun/shared/runtime/secrets.ts';
import { formatCameraAddress, parseCameraAddress } from '../rtsp/address.ts';
import { allCameras, deleteCamera, findCamera, type StoredCamera, saveCamera } from './table.ts';

export interface CameraRegistryOptions {
	database: Database;
	bus: Bus;
	secrets: SecretBox;
	/** A camera is new or changed; `url` is whole. */
	onPut: (camera: Camera, url: string) => void;
	onRemoved: (cameraId: string) => void;
}

/** The cameras people have registered. */
export class CameraRegistry {
	readonly #options: CameraRegistryOptions;
	/** One change after another, so that what is stored last is also what runs. */
	#turn: Promise<unknown> = Promise.resolve();

	constructor(options: CameraRegistryOptions) {
		this.#options = options;
	}

	async list(): Promise<Camera[]> {
		return (await allCameras(this.#options.database)).map(({ camera }) => camera);
	}

	async get(id: string): Promise<Camera | null> {
		return (await findCamera(this.#options.database, id))?.camera ?? null;
	}

	/** Hands every stored camera to `onPut`. */
	async load(): Promise<void> {
		for (const stored of await allCameras(this.#options.database)) {
			this.#options.onPut(stored.camera, this.#options.secrets.open(stored.sealedUrl));
		}
	}

	put(input: CameraInput): Promise<Camera> {
		return this.#inTurn(async () => {
			const { database, bus, secrets, onPut } = this.#options;
			const before = await findCamera(database, input.id);
			const { url, address, hasPassword } = this.#address(input.url, before);
			const { url: _, ...rest } = input;
			const camera: Camera = { ...rest, address, hasPassword };
			await saveCamera(database, { camera, sealedUrl: secrets.seal(url) });
			await bus.publish('camera.changed', { camera });
			onPut(camera, url);
			return camera;
		});
	}

	/** False when there was none. */
	remove(id: string): Promise<boolean> {
		return this.#inTurn(async () => {
			if (!(await deleteCamera(this.#options.database, id))) return false;
			await this.#options.bus.publish('camera.removed', { cameraId: id });
			this.#options.onRemoved(id);
			return true;
		});
	}

	/** A URL without user and password keeps those it had, but only for the same host and port: no other may learn them. */
	#address(text: string, before: StoredCamera | null): { url: string; address: string; hasPassword: boolean } {
		const given = parseCameraAddress(text);
		if (given === null) {
			throw new RequestError(400, 'invalid', 'url: expected rtsp://[user:password@]host[:port]/path', [
				{ field: 'url', message: 'expected rtsp://[user:password@]host[:port]/path' },
			]);
		}
		const old = before === null ? null : parseCameraAddress(this.#options.secrets.open(before.sealedUrl));
		const keep = given.username === '' && given.password === '' && old !== null && old.host === given.host && old.port === given.port;
		const address = keep ? { ...given, username: old.username, password: old.password } : given;
		return { url: formatCameraAddress(address), address: address.uri, hasPassword: address.password !== '' || address.username !== '' };
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const next = this.#turn.then(work, work);
		this.#turn = next.catch(() => undefined);
		return next;
	}
}
