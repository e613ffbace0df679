import i18next from './i18n/index.ts';

/** The server's sentences about a field, which are made for programs too, and the words for them here. */
const sentences: readonly [pattern: RegExp, word: string][] = [
	[/^Invalid input: expected string, received (null|undefined)/, 'needed'],
	[/^Invalid input: expected (number|int)/, 'number'],
	[/^Invalid option/, 'option'],
	[/^Too big: expected (?:number|int) to be <=(\S+)/, 'atMost'],
	[/^Too big: expected (?:number|int) to be <(\S+)/, 'below'],
	[/^Too small: expected (?:number|int) to be >=(\S+)/, 'atLeast'],
	[/^Too small: expected (?:number|int) to be >(\S+)/, 'above'],
	[/^Too small: expected string to have >=1 /, 'needed'],
	[/^Too small: expected string to have >=(\d+)/, 'shortest'],
	[/^Too big: expected string to have <=(\d+)/, 'longest'],
	[/^Too small: expected array to have >=(\d+)/, 'fewest'],
	[/^expected lower-case letters and digits/, 'slug'],
	[/^expected rtsp:/, 'rtsp'],
	[/^expected 64 lower-case hex/, 'fingerprint'],
	[/^expected a letter, then/, 'property'],
	[/^expected an agency for/, 'agency'],
	[/^expected a unitId for/, 'unit'],
	[/^expected one for a new person/, 'password'],
	[/^expected each severity/, 'once'],
];

/** A complaint in the language of the screen; one that is not known is shown as it came. */
export function complaintText(message: string): string {
	for (const [pattern, word] of sentences) {
		const match = pattern.exec(message);
		if (match !== null) return i18next.t(`common:complaint.${word}`, { limit: match[1] });
	}
	return message;
}
