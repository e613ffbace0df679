import './styles.css';
import './i18n/index.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const host = document.getElementById('app');
if (host === null) throw new Error('the page has no element with the id app');
createRoot(host).render(
	<StrictMode>
		<App />
	</StrictMode>,
);
