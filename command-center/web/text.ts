import type { Place, Text } from '@beilun/shared/protocol/words.ts';
import { useCallback } from 'react';
import { type Language, useLanguage } from './i18n/index.ts';

/** A name in the language asked for; where English is missing the Chinese is shown. */
export function textIn(text: Text, language: Language): string {
	return language === 'en' && text.en !== '' ? text.en : text.zh;
}

function placeIn(place: Pick<Place, 'name' | 'nameEn'>, language: Language): string {
	return language === 'en' && place.nameEn !== '' ? place.nameEn : place.name;
}

/** Shows a `Text` in the current language. */
export function useText(): (text: Text) => string {
	const { language } = useLanguage();
	return useCallback((text) => textIn(text, language), [language]);
}

/** Shows a place's name in the current language. */
export function usePlace(): (place: Pick<Place, 'name' | 'nameEn'>) => string {
	const { language } = useLanguage();
	return useCallback((place) => placeIn(place, language), [language]);
}
