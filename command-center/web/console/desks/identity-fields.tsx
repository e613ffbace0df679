import type { Agency } from '@beilun/shared/protocol/words.ts';
import { useTranslation } from 'react-i18next';
import { AgencyOptions, Field, Select, type Submission, slugOf } from './form.tsx';

interface IdentityValue {
	id: string;
	zh: string;
	en: string;
	agency: Agency;
}

interface IdentityFieldsProps {
	value: IdentityValue;
	onChange: (change: Partial<IdentityValue>) => void;
	submission: Submission;
	idLabel: string;
	/** Shown while there is neither an identifier nor an English name to make one of. */
	idExample: string;
	/** An identifier does not change once it is registered. */
	registered: boolean;
}

/** What everything that is registered begins with: its name in both languages, its identifier, its agency. */
export function IdentityFields({ value, onChange, submission, idLabel, idExample, registered }: IdentityFieldsProps) {
	const { t } = useTranslation('console');
	const at = submission.errorAt;
	return (
		<>
			<Field label={t('form.nameZh')} error={at('name.zh')}>
				<input name="name.zh" required value={value.zh} onChange={(event) => onChange({ zh: event.target.value })} />
			</Field>
			<Field label={t('form.nameEn')} error={at('name.en')}>
				<input name="name.en" value={value.en} onChange={(event) => onChange({ en: event.target.value })} />
			</Field>
			<Field label={idLabel} hint={t('form.idHint')} error={at('id')}>
				<input
					name="id"
					disabled={registered}
					value={value.id}
					placeholder={slugOf(value.en) || idExample}
					onChange={(event) => onChange({ id: event.target.value })}
				/>
			</Field>
			<Field label={t('form.agency')} error={at('agency')}>
				<Select name="agency" value={value.agency} onChange={(agency) => onChange({ agency: agency as Agency })}>
					<AgencyOptions />
				</Select>
			</Field>
		</>
	);
}
