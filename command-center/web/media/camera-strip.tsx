export function CameraStrip() {
	return <div className="h-full bg-panel" />;
}
