export function ConsolePage() {
	return <main />;
}
