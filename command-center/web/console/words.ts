import { streamWords } from './streams/stream-words.ts';
import { en } from './words-en.ts';
import { zh } from './words-zh.ts';

export const words = { zh: { ...zh, ...streamWords.zh }, en: { ...en, ...streamWords.en } };
