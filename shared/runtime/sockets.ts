import type { Namespace, Socket } from 'socket.io';
import type { Principal } from '../protocol/people.ts';
import { type Access, type Identity, isAllowed, type SessionEnd } from './identity.ts';

/**
 * Lets only those into a namespace that `access` names, and puts them out when their session ends. The principal is
 * `socket.data.principal`. A refused client gets a `connect_error` whose message is `unauthenticated` or `forbidden`.
 */
export function guardNamespace(namespace: Namespace, identity: Identity, access: Access): void {
	// One listener for each socket: many are no leak.
	identity.ends.setMaxListeners(0);
	namespace.use((socket, next) => {
		admit(socket, identity, access).then(
			() => next(),
			(error: Error) => next(error),
		);
	});
	namespace.on('connection', (socket) => endWithSession(socket, identity));
}

async function admit(socket: Socket, identity: Identity, access: Access): Promise<void> {
	const { cookie, authorization } = socket.handshake.headers;
	const principal = await identity.resolve({ cookie, authorization });
	if (principal === null) throw new Error('unauthenticated');
	if (!isAllowed(principal, access)) throw new Error('forbidden');
	socket.data.principal = principal;
}

export function principalOfSocket(socket: Socket): Principal {
	return socket.data.principal as Principal;
}

function endWithSession(socket: Socket, identity: Identity): void {
	const principal = principalOfSocket(socket);
	const end = (reason: SessionEnd) => {
		socket.emit('ended', { reason });
		socket.disconnect(true);
	};
	const onEnded = (sessionId: string, reason: SessionEnd) => {
		if (sessionId === principal.sessionId) end(reason);
	};
	identity.ends.on('ended', onEnded);
	// The session may have ended between being admitted and being listened for.
	const { cookie, authorization } = socket.handshake.headers;
	identity.resolve({ cookie, authorization }).then(
		(current) => {
			if (current?.sessionId !== principal.sessionId) end('disabled');
		},
		() => undefined,
	);
	const expiry = setTimeout(() => end('expired'), Math.min(Math.max(principal.expiresAt - Date.now(), 0), 2 ** 31 - 1));
	socket.on('disconnect', () => {
		clearTimeout(expiry);
		identity.ends.off('ended', onEnded);
	});
}
