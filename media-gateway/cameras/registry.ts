import type { Camera, CameraInput } from '@beilun/shared/protocol/media.ts';
import type { Bus } from '@beilun/shared/runtime/bus.ts';
import type { Database } from '@beilun/shared/runtime/database.ts';
import { RequestError } from '@beilun/shared/runtime/http.ts';
import type { SecretBox } from '@beilun/shared/runtime/secrets.ts';
import { type CameraAddress, formatCameraAddress, parseCameraAddress } from '../rtsp/address.ts';
import type { CameraUrls } from '../streams/camera-feed.ts';
import { allCameras, deleteCamera, findCamera, type StoredCamera, saveCamera } from './table.ts';

export interface CameraRegistryOptions {
	database: Database;
	bus: Bus;
	secrets: SecretBox;
	/** A camera is new or changed. */
	onPut: (camera: Camera, urls: CameraUrls) => void;
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
			this.#options.onPut(stored.camera, this.#urls(stored));
		}
	}

	put(input: CameraInput): Promise<Camera> {
		return this.#inTurn(async () => {
			const { database, bus, secrets, onPut } = this.#options;
			const before = await findCamera(database, input.id);
			const old = before === null ? null : this.#urls(before);
			const { url: givenUrl, subUrl: givenSubUrl, ...rest } = input;
			const main = withLogin('url', givenUrl, [old?.main ?? null]);
			const urls: CameraUrls = { main: formatCameraAddress(main), sub: null };
			const sub = givenSubUrl === null ? null : withLogin('subUrl', givenSubUrl, [old?.sub ?? null, urls.main]);
			if (sub !== null) urls.sub = formatCameraAddress(sub);
			const camera: Camera = { ...rest, address: main.uri, subAddress: sub?.uri ?? null, hasPassword: hasLogin(main) };
			await saveCamera(database, { camera, sealedUrl: secrets.seal(urls.main), sealedSubUrl: urls.sub === null ? null : secrets.seal(urls.sub) });
			await bus.publish('camera.changed', { camera });
			onPut(camera, urls);
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

	#urls({ sealedUrl, sealedSubUrl }: StoredCamera): CameraUrls {
		const { secrets } = this.#options;
		return { main: secrets.open(sealedUrl), sub: sealedSubUrl === null ? null : secrets.open(sealedSubUrl) };
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const next = this.#turn.then(work, work);
		this.#turn = next.catch(() => undefined);
		return next;
	}
}

/** A URL without user and password takes those of the first of `known` at the same host and port: no other host may learn them. */
function withLogin(field: string, text: string, known: (string | null)[]): CameraAddress {
	const given = parseCameraAddress(text);
	if (given === null) {
		const message = 'expected rtsp://[user:password@]host[:port]/path, or rtsps://';
		throw new RequestError(400, 'invalid', `${field}: ${message}`, [{ field, message }]);
	}
	if (hasLogin(given)) return given;
	for (const url of known) {
		const old = url === null ? null : parseCameraAddress(url);
		if (old !== null && old.host === given.host && old.port === given.port && hasLogin(old)) {
			return { ...given, username: old.username, password: old.password };
		}
	}
	return given;
}

function hasLogin({ username, password }: CameraAddress): boolean {
	return username !== '' || password !== '';
}
