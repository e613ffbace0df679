import type { Scene } from './canvas.ts';

/** Files in scenes/, in the order of the manifest. */
export const sceneFiles = [
	'berth',
	'tank-farm',
	'tank-leak',
	'gauge',
	'sluice',
	'crossroads',
	'square',
	'hill-road',
	'seawall',
	'gate',
	'fire-station',
	'outfall',
	'bridge',
	'harbour',
] as const;

export async function loadScene(file: string): Promise<Scene> {
	const module = (await import(`./scenes/${file}.ts`)) as { scene: Scene };
	return module.scene;
}
