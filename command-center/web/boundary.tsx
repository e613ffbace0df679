import { Component, type ReactNode } from 'react';
import i18next from './i18n/index.ts';

interface Props {
	children: ReactNode;
	/** Names the part in the message; without it the whole page is meant. */
	part?: string;
}

/** A part that fails says so in its own place, with a way back, and leaves the rest of the screen working. */
export class Boundary extends Component<Props, { error: Error | null }> {
	override state: { error: Error | null } = { error: null };

	static getDerivedStateFromError(error: Error): { error: Error } {
		return { error };
	}

	override render(): ReactNode {
		const { error } = this.state;
		if (error === null) return this.props.children;
		return (
			<div role="alert" className="flex h-full flex-col items-start gap-2 overflow-auto bg-panel p-4 text-text">
				<p>{i18next.t('common:failed', { part: this.props.part ?? i18next.t('common:page') })}</p>
				<p className="break-words font-mono text-muted">{error.message}</p>
				<button type="button" className="button" onClick={() => this.setState({ error: null })}>
					{i18next.t('common:tryAgain')}
				</button>
			</div>
		);
	}
}
