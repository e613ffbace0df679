import { useTranslation } from 'react-i18next';
import { DemoBadge } from '../../demo.tsx';
import { formatAge, formatNumber } from '../../format.ts';
import { useLanguage } from '../../i18n/index.ts';
import { TalkButton } from '../../media/talk-button.tsx';
import { Tile } from '../../media/tile.tsx';
import { useEntity, useNow } from '../../realtime/store.ts';
import { useText } from '../../text.ts';
import { Ago, Moment } from '../age.tsx';
import { InspectButton, StreamFacts } from './camera-context.tsx';
import { NearestCameras } from './nearest-cameras.tsx';
import { Fact, Facts, PlaceFact, Section } from './parts.tsx';

/** A position older than this is where the unit was, not where it is. */
const positionStaleAfter = 60_000;

/** One field unit: what it does, where it is and how sure that is, what it shows. */
export function UnitContext({ id }: { id: string }) {
	const { t } = useTranslation(['console', 'common']);
	const { language } = useLanguage();
	const text = useText();
	const unit = useEntity('units', id);
	const stream = useEntity('streams', id);
	const now = useNow();
	if (unit === undefined) return <p className="p-4 text-muted">{t('context.gone')}</p>;
	const { position } = unit;
	const age = position === null ? null : now - Date.parse(position.time);
	const stale = age !== null && age > positionStaleAfter;
	return (
		<article data-context="unit" data-context-id={id}>
			{stream !== undefined && stream.status.state !== 'ended' && stream.status.state !== 'idle' && (
				<div className="aspect-video bg-ground">
					<Tile streamId={id} size="context" />
				</div>
			)}
			<div className="bg-raised px-4 py-3">
				<div className="flex items-center gap-2 text-muted">
					<span>{t(`common:agency.${unit.agency}`)}</span>
					<span>· {t(`unit.kinds.${unit.kind}`, { defaultValue: unit.kind })}</span>
					{unit.demo && <DemoBadge />}
				</div>
				<h2 className="mt-1 font-semibold text-lg leading-6">{text(unit.name)}</h2>
				<p data-unit-status={unit.status} className={unit.status === 'needs-help' ? 'font-semibold text-lg' : ''}>
					{t(`common:unitStatus.${unit.status}`)}
					{unit.statusAt !== null && <span className="font-normal text-muted text-sm"> · {<Ago at={unit.statusAt} />}</span>}
				</p>
				{stream !== undefined && (
					<div className="mt-2 flex flex-wrap gap-2">
						<InspectButton streamId={id} />
						<TalkButton streamId={id} size="panel" />
					</div>
				)}
			</div>
			<Section title={t('unit.position')}>
				{position === null ? (
					<p className="text-muted">{t('unit.noPosition')}</p>
				) : (
					<div data-stale={stale} className={stale ? 'stale -mx-2 rounded px-2 py-1' : ''}>
						{stale && <p className="mb-1 font-semibold text-text">{t('unit.staleFor', { age: formatAge(age ?? 0, language) })}</p>}
						<Facts>
							<PlaceFact place={position} name="" />
							<Fact name={t('unit.at')}>
								<Moment at={position.time} />
							</Fact>
							{position.speed !== null && <Fact name={t('unit.speed')}>{formatNumber(position.speed, 0)} km/h</Fact>}
							{position.heading !== null && <Fact name={t('unit.heading')}>{String(Math.round(position.heading) % 360).padStart(3, '0')}°</Fact>}
							{position.accuracy !== null && <Fact name={t('unit.accuracy')}>± {formatNumber(position.accuracy, 0)} m</Fact>}
							<Fact name={t('unit.source')}>{t(`unit.sources.${position.source}`)}</Fact>
						</Facts>
					</div>
				)}
			</Section>
			<Section title={t('unit.picture')}>
				{stream === undefined ? <p className="text-muted">{t('unit.noPicture')}</p> : <StreamFacts id={id} />}
			</Section>
			{position !== null && <NearestCameras lon={position.lon} lat={position.lat} count={2} />}
		</article>
	);
}
