import type { Camera } from '@beilun/shared/protocol/media.ts';
import type { Agency } from '@beilun/shared/protocol/words.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import { entitiesOf } from '../../realtime/store.ts';
import { select } from '../../selection.ts';
import { Dialog } from '../frame/dialog.tsx';
import { closeWindow } from '../frame/windows.ts';
import { Field, FormEnd, numberOf, PlaceFields, placeOf, slugOf, useSubmission } from './form.tsx';
import { IdentityFields } from './identity-fields.tsx';

const drawn = ['id', 'name.zh', 'name.en', 'agency', 'place.lon', 'place.lat', 'place.name', 'place.nameEn', 'url', 'bearing', 'fieldOfView'];

/** Registers a camera, or changes one; the address must be given again because it is never shown. */
export function CameraForm({ id }: { id: string | null }) {
	const { t } = useTranslation(['console', 'common']);
	const [camera] = useState<Camera | undefined>(() => (id === null ? undefined : entitiesOf('cameras')[id]));
	const [value, setValue] = useState(() => ({
		id: camera?.id ?? '',
		zh: camera?.name.zh ?? '',
		en: camera?.name.en ?? '',
		agency: camera?.agency ?? ('police' as Agency),
		place: placeText(camera),
		url: camera === undefined || camera.hasPassword ? '' : camera.address,
		bearing: camera?.bearing?.toString() ?? '',
		fieldOfView: camera?.fieldOfView?.toString() ?? '',
	}));
	const [picking, setPicking] = useState(false);
	const submission = useSubmission(drawn);
	const set = (change: Partial<typeof value>) => setValue((before) => ({ ...before, ...change }));
	const cameraId = camera?.id ?? (value.id.trim() || slugOf(value.en));
	const save = async () => {
		await api.put(`/api/v1/cameras/${encodeURIComponent(cameraId)}`, {
			id: cameraId,
			name: { zh: value.zh.trim(), en: value.en.trim() },
			agency: value.agency,
			place: placeOf(value.place),
			url: value.url.trim(),
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
						hint={camera?.hasPassword === true ? t('camera.urlAgain', { address: camera.address }) : t('camera.urlHint')}
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

export function placeText(entity: { place: { lon: number; lat: number; name: string; nameEn: string } } | undefined) {
	return {
		lon: entity?.place.lon.toString() ?? '',
		lat: entity?.place.lat.toString() ?? '',
		name: entity?.place.name ?? '',
		nameEn: entity?.place.nameEn ?? '',
	};
}
