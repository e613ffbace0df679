export function MapView({ mode }: { mode: 'desk' | 'wall' | 'field' }) {
	return <div data-map={mode} className="h-full bg-ground" />;
}
