import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@beilun/shared/runtime/config.ts';
import { type App, RequestError } from '@beilun/shared/runtime/http.ts';
import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';

const pages = ['/', '/console', '/wall/:id', '/field', '/login', '/setup'];

const { name, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { name: string; version: string };

/** The built web pages. `folder` may be missing: then the pages say so and everything else works. */
export async function pageRoutes(app: App, folder: string, config: Config): Promise<void> {
	app.get(
		'/api/v1/info',
		{
			config: { access: 'public' },
			schema: {
				tags: ['info'],
				summary: 'What this is, and whether its data is a demonstration',
				response: { 200: z.object({ name: z.string(), version: z.string(), demo: z.boolean() }) },
			},
		},
		() => ({ name, version, demo: config.demo }),
	);

	await app.register(fastifyStatic, { root: folder, serve: false, logLevel: 'silent' });

	const sendPage = (reply: FastifyReply) => {
		if (!existsSync(join(folder, 'index.html'))) {
			throw new RequestError(503, 'not-built', 'the web pages have not been built; npm run build builds them');
		}
		// The page names its parts by their content's hash: it must always be the newest, they never change.
		return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
	};
	for (const path of pages) app.get(path, { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) => sendPage(reply));

	app.get<{ Params: { '*': string } }>('/assets/*', { config: { access: 'public' }, schema: { hide: true } }, (request, reply) =>
		reply.sendFile(`assets/${request.params['*']}`, { immutable: true, maxAge: '365d' }),
	);
	for (const entry of existsSync(folder) ? readdirSync(folder) : []) {
		if (entry === 'index.html' || entry === 'assets') continue;
		const isFolder = statSync(join(folder, entry)).isDirectory();
		app.get<{ Params: { '*'?: string } }>(
			isFolder ? `/${entry}/*` : `/${entry}`,
			{ config: { access: 'public' }, schema: { hide: true } },
			(request, reply) => reply.sendFile(isFolder ? `${entry}/${request.params['*']}` : entry, { maxAge: '1h' }),
		);
	}
}
