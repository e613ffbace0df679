import { OfferError } from './offer.ts';

/** The ICE parameters that a fragment names; null where it names none. */
export interface Fragment {
	ice: { usernameFragment: string; password: string } | null;
}

const characters = /^[A-Za-z0-9+/=_-]*$/;

/** Reads `application/trickle-ice-sdpfrag` (RFC 8840 §9). Candidates are passed over: mediasoup is ICE-lite and is called upon by the peer. */
export function parseFragment(text: string): Fragment {
	const lines = text.split(/\r\n|\r|\n/).filter((line) => line !== '');
	if (lines.length === 0 || lines.some((line) => !/^(?:a=|m=)/.test(line))) throw new OfferError(400, 'expected a= and m= lines only');
	const value = (name: string) => lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3);
	const usernameFragment = value('ice-ufrag');
	const password = value('ice-pwd');
	if (usernameFragment === undefined && password === undefined) return { ice: null };
	if (usernameFragment === undefined || usernameFragment.length < 4 || usernameFragment.length > 256 || !characters.test(usernameFragment)) {
		throw new OfferError(400, 'a=ice-ufrag: expected 4 to 256 ice-chars');
	}
	if (password === undefined || password.length < 22 || password.length > 256 || !characters.test(password)) {
		throw new OfferError(400, 'a=ice-pwd: expected 22 to 256 ice-chars');
	}
	return { ice: { usernameFragment, password } };
}
