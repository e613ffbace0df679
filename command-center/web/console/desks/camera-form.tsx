import type { Camera } from '@beilun/shared/protocol/media.ts';
import type { Agency } from '@beilun/shared/protocol/words.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import { entitiesOf, useEntity } from '../../realtime/store.ts';
import { select } from '../../selection.ts';
import { Dialog } from '../frame/dialog.tsx';
import { closeWindow } from '../frame/windows.ts';
import { Field, FormEnd, numberOf, PlaceFields, placeOf, Select, slugOf, useSubmission } from './form.tsx';
import { IdentityFields } from './identity-fields.tsx';

const drawn = [
	'id',
	'name.zh',
	'name.en',
	'agency',
	'place.lon',
	'place.lat',
	'place.name',
	'place.nameEn',
	'url',
	'subUrl',
	'transport',
	'certificate',
	'speaker',
	'bearing',
	'fieldOfView',
];

/** Registers a camera, or changes one. User and password are never shown; the gateway keeps them while host and port stay. */
export function CameraForm({ id }: { id: string | null }) {
	const { t } = useTranslation(['console', 'common']);
	const [camera] = useState<Camera | undefined>(() => (id === null ? undefined : entitiesOf('cameras')[id]));
	const [value, setValue] = useState(() => ({
		id: camera?.id ?? '',
		zh: camera?.name.zh ?? '',
		en: camera?.name.en ?? '',
		agency: camera?.agency ?? ('police' as Agency),
		place: placeText(camera),
		url: camera?.address ?? '',
		subUrl: camera?.subAddress ?? '',
		transport: camera?.transport ?? ('auto' as Camera['transport']),
		certificate: camera?.certificate ?? '',
		speaker: camera?.speaker ?? false,
		bearing: camera?.bearing?.toString() ?? '',
		fieldOfView: camera?.fieldOfView?.toString() ?? '',
	}));
	const [picking, setPicking] = useState(false);
	const submission = useSubmission(drawn);
	const set = (change: Partial<typeof value>) => setValue((before) => ({ ...before, ...change }));
	const cameraId = camera?.id ?? (value.id.trim() || slugOf(value.en));
	const secure = [value.url, value.subUrl].some((url) => url.trim().startsWith('rtsps:'));
	const save = async () => {
		await api.put(`/api/v1/cameras/${encodeURIComponent(cameraId)}`, {
			id: cameraId,
			name: { zh: value.zh.trim(), en: value.en.trim() },
			agency: value.agency,
			place: placeOf(value.place),
			url: value.url.trim(),
			subUrl: value.subUrl.trim() || null,
			transport: value.transport,
			// As openssl writes it, with colons and capitals, it is the same.
			certificate: secure ? value.certificate.replaceAll(/[:\s]/g, '').toLowerCase() || null : null,
			speaker: value.speaker,
			bearing: numberOf(value.bearing),
			fieldOfView: numberOf(value.fieldOfView),
			demo: camera?.demo ?? false,
		});
		closeWindow();
		select({ type: 'camera', id: cameraId });
	};
	const at = submission.errorAt;
	return (
		<Dialog name="camera" title={camera === undefined ? t('camera.add') : t('camera.edit')} onClose={closeWindow} hidden={picking}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					submission.submit(save);
				}}
			>
				<div className="grid grid-cols-2 gap-x-4 gap-y-2 p-4">
					<IdentityFields
						value={value}
						onChange={set}
						submission={submission}
						idLabel={t('camera.id')}
						idExample="cam-port-03"
						registered={camera !== undefined}
					/>
					<Field
						className="col-span-2"
						label={t('camera.url')}
						hint={t(camera?.hasPassword === true ? 'camera.urlKept' : 'camera.urlHint')}
						error={at('url')}
					>
						<input
							name="url"
							required
							autoComplete="off"
							spellCheck={false}
							className="font-mono"
							placeholder="rtsp://user:password@192.0.2.10:554/stream1"
							value={value.url}
							onChange={(event) => set({ url: event.target.value })}
						/>
					</Field>
					<Field className="col-span-2" label={t('camera.subUrl')} hint={t('camera.subUrlHint')} error={at('subUrl')}>
						<input
							name="subUrl"
							autoComplete="off"
							spellCheck={false}
							className="font-mono"
							placeholder="rtsp://192.0.2.10:554/stream2"
							value={value.subUrl}
							onChange={(event) => set({ subUrl: event.target.value })}
						/>
					</Field>
					<Field label={t('camera.transport')} hint={t(`camera.transportHints.${value.transport}`)} error={at('transport')}>
						<Select name="transport" value={value.transport} onChange={(transport) => set({ transport: transport as Camera['transport'] })}>
							{(['auto', 'tcp', 'udp'] as const).map((transport) => (
								<option key={transport} value={transport}>
									{t(`camera.transports.${transport}`)}
								</option>
							))}
						</Select>
					</Field>
					<SpeakerField value={value.speaker} onChange={(speaker) => set({ speaker })} error={at('speaker')} />
					{secure && (
						<CertificateField
							cameraId={camera?.id ?? null}
							value={value.certificate}
							onChange={(certificate) => set({ certificate })}
							error={at('certificate')}
						/>
					)}
					<Field label={t('camera.bearing')} hint={t('camera.bearingHint')} error={at('bearing')}>
						<input name="bearing" inputMode="decimal" value={value.bearing} onChange={(event) => set({ bearing: event.target.value })} />
					</Field>
					<Field label={t('camera.fieldOfView')} hint={t('camera.fieldOfViewHint')} error={at('fieldOfView')}>
						<input name="fieldOfView" inputMode="decimal" value={value.fieldOfView} onChange={(event) => set({ fieldOfView: event.target.value })} />
					</Field>
					<div className="col-span-2">
						<PlaceFields value={value.place} onChange={(place) => set({ place })} submission={submission} onPicking={setPicking} />
					</div>
				</div>
				<FormEnd submission={submission} label={t('common:save')} onCancel={closeWindow} />
			</form>
		</Dialog>
	);
}

function SpeakerField({ value, onChange, error }: { value: boolean; onChange: (value: boolean) => void; error: string | undefined }) {
	const { t } = useTranslation('console');
	return (
		<div className="flex flex-col gap-1">
			<span className="text-muted">{t('streams.talk')}</span>
			<label className="flex min-h-8 items-center gap-2">
				<input type="checkbox" name="speaker" className="size-4" checked={value} onChange={(event) => onChange(event.target.checked)} />
				{t('camera.speaker')}
			</label>
			<p className={error === undefined ? 'text-faint' : 'font-semibold text-text'}>{error === undefined ? t('camera.speakerHint') : `▲ ${error}`}</p>
		</div>
	);
}

interface CertificateFieldProps {
	/** Null while the camera is not registered: nothing has been tried yet. */
	cameraId: string | null;
	value: string;
	onChange: (value: string) => void;
	error: string | undefined;
}

/** The fingerprint of a certificate that no authority has signed; the one that was met can be taken over. */
function CertificateField({ cameraId, value, onChange, error }: CertificateFieldProps) {
	const { t } = useTranslation('console');
	const status = useEntity('streams', cameraId)?.status;
	const met = status?.state === 'failed' && status.reason === 'certificate' ? fingerprintIn(status.detail) : null;
	return (
		<div className="col-span-2 flex flex-col gap-1">
			<Field label={t('camera.certificate')} hint={t('camera.certificateHint')} error={error}>
				<input
					name="certificate"
					autoComplete="off"
					spellCheck={false}
					className="font-mono"
					value={value}
					onChange={(event) => onChange(event.target.value)}
				/>
			</Field>
			{met !== null && met !== value && (
				<p data-met-certificate={met} className="flex items-center gap-3 rounded bg-yellow-ground px-3 py-2">
					<span className="min-w-0 flex-1">
						{t('camera.certificateMet')} <code className="break-all font-mono">{met}</code>
					</span>
					<button type="button" className="button" onClick={() => onChange(met)}>
						{t('camera.certificateTrust')}
					</button>
				</p>
			)}
		</div>
	);
}

/** The SHA-256 that a failure names, with or without colons. */
export function fingerprintIn(detail: string): string | null {
	const found = /(?:[0-9a-f]{2}:){31}[0-9a-f]{2}|\b[0-9a-f]{64}\b/i.exec(detail)?.[0];
	return found === undefined ? null : found.replaceAll(':', '').toLowerCase();
}

export function placeText(entity: { place: { lon: number; lat: number; name: string; nameEn: string } } | undefined) {
	return {
		lon: entity?.place.lon.toString() ?? '',
		lat: entity?.place.lat.toString() ?? '',
		name: entity?.place.name ?? '',
		nameEn: entity?.place.nameEn ?? '',
	};
}
