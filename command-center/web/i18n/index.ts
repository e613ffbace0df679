import i18next from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import { modules } from './modules.ts';

export type Language = 'zh' | 'en';
const storageKey = 'beilun.language';

function storedLanguage(): Language {
	return globalThis.localStorage?.getItem(storageKey) === 'en' ? 'en' : 'zh';
}

function announce(language: Language): void {
	if (typeof document !== 'undefined') document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

const namespaces = Object.keys(modules);
void i18next
	.use(initReactI18next)
	.init({
		lng: storedLanguage(),
		fallbackLng: 'zh',
		supportedLngs: ['zh', 'en'],
		ns: namespaces,
		defaultNS: 'common',
		resources: {
			zh: Object.fromEntries(namespaces.map((namespace) => [namespace, modules[namespace]?.zh ?? {}])),
			en: Object.fromEntries(namespaces.map((namespace) => [namespace, modules[namespace]?.en ?? {}])),
		},
		initAsync: false,
		interpolation: { escapeValue: false },
		react: { useSuspense: false },
	})
	.catch((error: unknown) => console.error(error));
announce(storedLanguage());

/** The language of the screen and how to change it; the choice is kept on this machine. */
export function useLanguage(): { language: Language; setLanguage: (language: Language) => void } {
	const { i18n } = useTranslation();
	const setLanguage = useCallback(
		(language: Language) => {
			globalThis.localStorage?.setItem(storageKey, language);
			announce(language);
			i18n.changeLanguage(language).catch((error: unknown) => console.error(error));
		},
		[i18n],
	);
	return { language: i18n.language === 'en' ? 'en' : 'zh', setLanguage };
}

export function currentLanguage(): Language {
	return i18next.language === 'en' ? 'en' : 'zh';
}

export default i18next;
