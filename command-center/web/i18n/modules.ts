export interface WordTree {
	[key: string]: string | WordTree;
}
export interface Words {
	zh: WordTree;
	en: WordTree;
}

const found = import.meta.glob<{ words: Words }>(['../words.ts', '../*/words.ts'], { eager: true });

/** The words of every folder by namespace: the folder's name, `common` for those beside this folder. */
export const modules: Record<string, Words> = Object.fromEntries(
	Object.entries(found).map(([path, module]) => [path === '../words.ts' ? 'common' : (path.split('/')[1] ?? ''), module.words]),
);
