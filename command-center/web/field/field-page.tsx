export function FieldPage() {
	return <main />;
}
