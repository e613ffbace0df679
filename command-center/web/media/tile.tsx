export interface TileProps {
	streamId: string;
	size: 'strip' | 'context' | 'wall';
}
export function Tile({ streamId }: TileProps) {
	return <div data-tile={streamId} className="aspect-video bg-ground" />;
}
