import type { StreamToken } from '@beilun/shared/protocol/media.ts';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemText } from '../../api.ts';
import { formatMoment } from '../../format.ts';
import { serverNow, useEntities } from '../../realtime/store.ts';
import { useMe } from '../../session.ts';
import { useText } from '../../text.ts';
import { Ago } from '../age.tsx';
import { CopyButton } from '../context/parts.tsx';
import { Field, FormEnd, Select, useSubmission } from '../desks/form.tsx';
import { Head } from '../desks/lists.tsx';
import { useFetched } from '../fetched.ts';
import { Dialog } from '../frame/dialog.tsx';
import { notify } from '../frame/notices.tsx';
import { closeWindow } from '../frame/windows.ts';

const path = '/api/v1/stream-tokens';
const cell = 'border-b border-line px-2 py-1.5 first:pl-4 last:pr-4';

/** What the server answers once, when a token is made. */
type MadeToken = StreamToken & { token: string };

/** Tokens by which encoders publish and players watch: list, make, delete. A token itself is shown once. */
export function StreamTokensWindow() {
	const { t } = useTranslation('console');
	const { data, error, reload } = useFetched<{ items: StreamToken[] }>(path);
	const [view, setView] = useState<'list' | 'form' | MadeToken>('list');
	if (view === 'form') return <TokenForm existing={data?.items ?? []} onCancel={() => setView('list')} onMade={setView} />;
	if (view !== 'list') {
		const done = () => {
			setView('list');
			reload();
		};
		return <Made made={view} onDone={done} />;
	}
	return (
		<Dialog
			wide
			name="stream-tokens"
			title={t('tokens.title')}
			onClose={closeWindow}
			actions={
				<button type="button" className="button" onClick={() => setView('form')}>
					<Plus size={14} aria-hidden /> {t('tokens.add')}
				</button>
			}
		>
			<p className="px-4 py-2 text-muted">{t('tokens.help')}</p>
			{error !== null && (
				<p role="alert" className="px-4 pb-2 font-semibold">
					{error}
				</p>
			)}
			<table className="w-full">
				<Head
					columns={[t('tokens.id'), t('tokens.stream'), t('tokens.action'), t('tokens.expiresAt'), t('tokens.createdBy'), t('tokens.lastUsedAt'), '']}
				/>
				<tbody>
					{(data?.items ?? []).map((token) => (
						<TokenRow key={token.id} token={token} onRemoved={reload} />
					))}
				</tbody>
			</table>
			{data?.items.length === 0 && <p className="p-4 text-muted">{t('tokens.none')}</p>}
		</Dialog>
	);
}

function TokenRow({ token, onRemoved }: { token: StreamToken; onRemoved: () => void }) {
	const { t } = useTranslation('console');
	const name = useStreamName();
	const admin = useMe()?.role === 'admin';
	const [asking, setAsking] = useState(false);
	const now = serverNow();
	const expired = Date.parse(token.expiresAt) <= now;
	const remove = async () => {
		try {
			await api.delete(`${path}/${encodeURIComponent(token.id)}`);
			onRemoved();
		} catch (error) {
			notify({ text: problemText(error) });
			setAsking(false);
		}
	};
	return (
		<tr data-token-row={token.id} className={expired ? 'text-muted' : ''}>
			<td className={cell}>{token.id}</td>
			<td className={cell}>{name(token.streamId)}</td>
			<td className={cell}>{t(`tokens.actions.${token.action}`)}</td>
			<td className={cell}>
				{formatMoment(token.expiresAt, now)}
				{expired && <strong className="text-text"> · {t('tokens.expired')}</strong>}
			</td>
			<td className={cell}>{token.createdBy}</td>
			<td className={cell}>{token.lastUsedAt === null ? t('tokens.never') : <Ago at={token.lastUsedAt} />}</td>
			<td className={`${cell} text-right`}>
				{(admin || token.action === 'watch') && (
					<button
						type="button"
						className={`button ${asking ? 'button-main' : ''}`}
						onBlur={() => setAsking(false)}
						onClick={asking ? () => void remove() : () => setAsking(true)}
					>
						{t(asking ? 'tokens.removeSure' : 'remove')}
					</button>
				)}
			</td>
		</tr>
	);
}

/** Hours. */
const lifetimes = { h1: 1, h8: 8, d1: 24, d7: 168, d30: 720, y1: 8_760 } as const;

interface TokenFormProps {
	existing: readonly StreamToken[];
	onCancel: () => void;
	onMade: (made: MadeToken) => void;
}

function TokenForm({ existing, onCancel, onMade }: TokenFormProps) {
	const { t } = useTranslation(['console', 'common']);
	const text = useText();
	const admin = useMe()?.role === 'admin';
	const cameras = Object.values(useEntities('cameras'));
	const units = Object.values(useEntities('units'));
	const [value, setValue] = useState({
		id: '',
		streamId: '',
		action: (admin ? 'publish' : 'watch') as StreamToken['action'],
		lifetime: 'd1' as keyof typeof lifetimes,
	});
	const set = (change: Partial<typeof value>) => setValue((before) => ({ ...before, ...change }));
	const submission = useSubmission(['id', 'streamId', 'action', 'expiresAt']);
	const proposed = value.streamId === '' ? '' : `${value.streamId}-${value.action}`.slice(0, 64);
	const replaces = existing.some(({ id }) => id === (value.id.trim() || proposed));
	const save = async () => {
		const id = value.id.trim() || proposed;
		const expiresAt = new Date(serverNow() + lifetimes[value.lifetime] * 3_600_000).toISOString();
		onMade(await api.put<MadeToken>(`${path}/${encodeURIComponent(id)}`, { id, streamId: value.streamId, action: value.action, expiresAt }));
	};
	return (
		<Dialog name="stream-token" title={t('tokens.add')} onClose={onCancel}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					submission.submit(save);
				}}
			>
				<div className="grid grid-cols-2 gap-x-4 gap-y-2 p-4">
					<Field label={t('tokens.action')} hint={admin ? '' : t('tokens.publishAdmin')} error={submission.errorAt('action')}>
						<Select name="action" value={value.action} onChange={(action) => set({ action: action as StreamToken['action'], streamId: '' })}>
							{admin && <option value="publish">{t('tokens.actions.publish')} (WHIP)</option>}
							<option value="watch">{t('tokens.actions.watch')} (WHEP)</option>
						</Select>
					</Field>
					<Field label={t('tokens.lifetime')} error={submission.errorAt('expiresAt')}>
						<Select name="lifetime" value={value.lifetime} onChange={(lifetime) => set({ lifetime: lifetime as keyof typeof lifetimes })}>
							{(Object.keys(lifetimes) as (keyof typeof lifetimes)[]).map((lifetime) => (
								<option key={lifetime} value={lifetime}>
									{t(`tokens.lifetimes.${lifetime}`)}
								</option>
							))}
						</Select>
					</Field>
					<Field label={t('tokens.stream')} error={submission.errorAt('streamId')}>
						<Select name="streamId" required value={value.streamId} onChange={(streamId) => set({ streamId })}>
							<option value="">—</option>
							{[...units, ...(value.action === 'watch' ? cameras : [])].map((each) => (
								<option key={each.id} value={each.id}>
									{text(each.name)} ({each.id})
								</option>
							))}
						</Select>
					</Field>
					<Field label={t('tokens.id')} hint={t(replaces ? 'tokens.replaces' : 'form.idHint')} error={submission.errorAt('id')}>
						<input name="id" autoComplete="off" value={value.id} placeholder={proposed} onChange={(event) => set({ id: event.target.value })} />
					</Field>
				</div>
				<FormEnd submission={submission} label={t('tokens.add')} onCancel={onCancel} />
			</form>
		</Dialog>
	);
}

function Made({ made, onDone }: { made: MadeToken; onDone: () => void }) {
	const { t } = useTranslation('console');
	const url = `${window.location.origin}/${made.action === 'publish' ? 'whip' : 'whep'}/${encodeURIComponent(made.streamId)}`;
	const lines: [string, string][] = [
		[t(`tokens.url.${made.action}`), url],
		[t('tokens.token'), made.token],
		[t('tokens.header'), `Authorization: Bearer ${made.token}`],
	];
	return (
		<Dialog name="stream-token-made" title={`${t('tokens.title')} · ${made.id}`} onClose={onDone}>
			<div className="flex flex-col gap-3 p-4">
				<p role="status" className="font-semibold text-base">
					{t('tokens.once')}
				</p>
				{lines.map(([label, value]) => (
					<div key={label}>
						<p className="text-muted">{label}</p>
						<p className="flex items-start gap-1">
							<code className="min-w-0 flex-1 break-all rounded bg-ground px-2 py-1.5 font-mono">{value}</code>
							<CopyButton text={value} />
						</p>
					</div>
				))}
			</div>
			<div className="flex justify-end border-line border-t px-4 py-3">
				<button type="button" className="button button-main" onClick={onDone}>
					{t('tokens.kept')}
				</button>
			</div>
		</Dialog>
	);
}

/** A stream's name by that of its camera or unit. */
function useStreamName(): (streamId: string) => string {
	const text = useText();
	const cameras = useEntities('cameras');
	const units = useEntities('units');
	return (streamId) => {
		const of = cameras[streamId] ?? units[streamId];
		return of === undefined ? streamId : `${text(of.name)} (${streamId})`;
	};
}
