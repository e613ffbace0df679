import type { Camera } from '@beilun/shared/protocol/media.ts';
import { Activity, Pencil, Pin, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemText } from '../../api.ts';
import { DemoBadge } from '../../demo.tsx';
import { formatAge, formatNumber } from '../../format.ts';
import { useLanguage } from '../../i18n/index.ts';
import { codecName } from '../../media/picture.ts';
import { streamLook } from '../../media/stream-look.ts';
import { TalkButton } from '../../media/talk-button.tsx';
import { Tile } from '../../media/tile.tsx';
import { useEntity, useNow } from '../../realtime/store.ts';
import { select, useSelection } from '../../selection.ts';
import { keepsCameras, useMe } from '../../session.ts';
import { usePlace, useText } from '../../text.ts';
import { Moment } from '../age.tsx';
import { notify } from '../frame/notices.tsx';
import { openWindow } from '../frame/windows.ts';
import { NearestCameras } from './nearest-cameras.tsx';
import { Fact, Facts, PlaceFact, Section } from './parts.tsx';

/** One camera: its picture large, where it stands, how it is reached and why it may not be. */
export function CameraContext({ id }: { id: string }) {
	const { t } = useTranslation('console');
	const camera = useEntity('cameras', id);
	if (camera === undefined) return <p className="p-4 text-muted">{t('context.gone')}</p>;
	return <Details key={id} camera={camera} />;
}

function Details({ camera }: { camera: Camera }) {
	const { t } = useTranslation(['console', 'common']);
	const text = useText();
	const placeText = usePlace();
	const me = useMe();
	const pinned = useSelection((selection) => selection.pinned.includes(camera.id));
	const togglePinned = useSelection((selection) => selection.togglePinned);
	return (
		<article data-context="camera" data-context-id={camera.id}>
			<div className="aspect-video bg-ground">
				<Tile streamId={camera.id} size="context" />
			</div>
			<div className="px-4 py-3">
				<div className="flex items-center gap-2 text-muted">
					<span>{t(`common:agency.${camera.agency}`)}</span>
					{camera.demo && <DemoBadge />}
				</div>
				<h2 className="mt-1 font-semibold text-lg leading-6">{text(camera.name)}</h2>
				<div className="mt-2 flex flex-wrap gap-2">
					<button type="button" className="button" aria-pressed={pinned} onClick={() => togglePinned(camera.id)}>
						<Pin size={14} aria-hidden /> {t(pinned ? 'camera.unpin' : 'camera.pin')}
					</button>
					<InspectButton streamId={camera.id} />
					<TalkButton streamId={camera.id} size="panel" />
					{keepsCameras(me?.role) && (
						<>
							<button type="button" className="button" onClick={() => openWindow({ name: 'camera', id: camera.id })}>
								<Pencil size={14} aria-hidden /> {t('edit')}
							</button>
							<RemoveCamera camera={camera} />
						</>
					)}
				</div>
			</div>
			<Section title={t('camera.connection')}>
				<StreamFacts id={camera.id} address={camera.address} subAddress={camera.subAddress} />
			</Section>
			<Section title={t('context.facts')}>
				<Facts>
					<PlaceFact place={camera.place} name={placeText(camera.place)} />
					<Fact name={t('camera.id')}>{camera.id}</Fact>
					{camera.bearing !== null && (
						<Fact name={t('camera.bearing')}>
							{formatNumber(camera.bearing, 0)}°
							{camera.fieldOfView !== null && ` · ${t('camera.wide', { degrees: formatNumber(camera.fieldOfView, 0) })}`}
						</Fact>
					)}
				</Facts>
			</Section>
			<NearestCameras lon={camera.place.lon} lat={camera.place.lat} count={2} except={camera.id} />
		</article>
	);
}

export function InspectButton({ streamId }: { streamId: string }) {
	const { t } = useTranslation('console');
	return (
		<button type="button" className="button" data-inspect={streamId} onClick={() => openWindow({ name: 'stream', id: streamId })}>
			<Activity size={14} aria-hidden /> {t('streams.inspectShort')}
		</button>
	);
}

/** The stream's state in words, with the reason and the next try where it fails. */
export function StreamFacts({ id, address, subAddress = null }: { id: string; address?: string; subAddress?: string | null }) {
	const { t } = useTranslation(['console', 'common']);
	const { language } = useLanguage();
	const stream = useEntity('streams', id);
	const now = useNow();
	const status = stream?.status;
	const look = streamLook(status);
	return (
		<Facts>
			<Fact name={t('camera.state')}>
				<span data-stream-state={look} className={look === 'failed' || look === 'frozen' ? 'offline rounded px-1 text-text' : ''}>
					{t(`common:streamState.${look}`)}
				</span>
			</Fact>
			{status !== undefined && 'since' in status && (
				<Fact name={t('camera.since')}>
					<Moment at={status.since} />
				</Fact>
			)}
			{status?.state === 'idle' && status.checkedAt !== null && (
				<Fact name={t('camera.checkedAt')}>
					<Moment at={status.checkedAt} />
				</Fact>
			)}
			{status?.state === 'live' && status.frozenSince !== null && (
				<Fact name={t('camera.frozenSince')}>
					<Moment at={status.frozenSince} />
				</Fact>
			)}
			{status?.state === 'failed' && (
				<>
					<Fact name={t('camera.reason')}>
						<strong title={status.detail}>{t(`common:streamFailure.${status.reason}`)}</strong>
						{/* The fingerprint, to be compared with the camera's own. */}
						{status.reason === 'certificate' && <span className="block break-all text-muted text-xs">{status.detail}</span>}
					</Fact>
					<Fact name={t('camera.nextTry')}>
						{t('camera.nextTryIn', { in: formatAge(Math.max(0, Date.parse(status.nextTryAt) - now), language), attempt: status.attempt })}
					</Fact>
				</>
			)}
			{status?.state === 'live' && status.video !== null && (
				<Fact name={t('camera.picture')}>
					{codecName(status.video.codec)}
					{status.video.transcodedFrom !== null && ` · ${t('camera.transcoded', { from: codecName(status.video.transcodedFrom) })}`}
					{status.video.width !== null && status.video.height !== null && ` · ${status.video.width} × ${status.video.height}`}
					{` · ${formatNumber(status.video.bitrate / 1000, 0)} kbit/s`}
				</Fact>
			)}
			{status?.state === 'live' && (
				<Fact name={t('camera.sound')}>{status.audio === null ? t('camera.noSound') : codecName(status.audio.codec)}</Fact>
			)}
			{stream !== undefined && <Fact name={t('camera.viewers')}>{stream.viewers}</Fact>}
			{stream?.talker != null && <Fact name={t('streams.talk')}>{stream.talker}</Fact>}
			{address !== undefined && (
				<Fact name={t('camera.address')}>
					<span className="break-all font-mono">{address}</span>
				</Fact>
			)}
			{subAddress !== null && (
				<Fact name={t('camera.subAddress')}>
					<span className="break-all font-mono">{subAddress}</span>
				</Fact>
			)}
		</Facts>
	);
}

function RemoveCamera({ camera }: { camera: Camera }) {
	const { t } = useTranslation(['console', 'common']);
	const [asking, setAsking] = useState(false);
	const remove = async () => {
		try {
			await api.delete(`/api/v1/cameras/${encodeURIComponent(camera.id)}`);
			select(null);
		} catch (error) {
			notify({ text: problemText(error) });
			setAsking(false);
		}
	};
	if (!asking) {
		return (
			<button type="button" className="button" onClick={() => setAsking(true)}>
				<Trash2 size={14} aria-hidden /> {t('remove')}
			</button>
		);
	}
	return (
		<span className="flex items-center gap-2">
			<button type="button" className="button button-main" onClick={() => void remove()}>
				{t('camera.removeSure')}
			</button>
			<button type="button" className="button" onClick={() => setAsking(false)}>
				{t('common:cancel')}
			</button>
		</span>
	);
}
