import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Boundary } from './boundary.tsx';

const ConsolePage = lazy(async () => ({ default: (await import('./console/console-page.tsx')).ConsolePage }));
const WallPage = lazy(async () => ({ default: (await import('./wall/wall-page.tsx')).WallPage }));
const FieldPage = lazy(async () => ({ default: (await import('./field/field-page.tsx')).FieldPage }));
const LoginPage = lazy(async () => ({ default: (await import('./entry/login-page.tsx')).LoginPage }));
const SetupPage = lazy(async () => ({ default: (await import('./entry/setup-page.tsx')).SetupPage }));

/** The pages of the web app by path; every move between them is a whole page load, so no router is needed. */
function pageFor(path: string): ReactNode {
	const [, first = '', second = ''] = path.split('/');
	switch (first) {
		case 'wall':
			return <WallPage wallId={second === '' ? 'main' : decodeURIComponent(second)} />;
		case 'field':
			return <FieldPage />;
		case 'login':
			return <LoginPage />;
		case 'setup':
			return <SetupPage />;
		default:
			return <ConsolePage />;
	}
}

export function App() {
	return (
		<Boundary>
			<Suspense fallback={<Loading />}>{pageFor(window.location.pathname)}</Suspense>
		</Boundary>
	);
}

function Loading() {
	const { t } = useTranslation('common');
	return <p className="p-4 text-muted">{t('loading')}</p>;
}
