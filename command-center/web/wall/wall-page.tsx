export function WallPage({ wallId }: { wallId: string }) {
	return <main data-wall={wallId} />;
}
