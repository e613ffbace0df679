import type { CameraInput } from '@beilun/shared/protocol/media.ts';
import type { Agency, Text } from '@beilun/shared/protocol/words.ts';

/** A camera without its address, which is known only when the RTSP server listens. */
export type CameraModel = Omit<CameraInput, 'url'>;

type View = Pick<CameraModel, 'id' | 'agency' | 'place' | 'bearing' | 'fieldOfView'>;

function view(agency: Agency, id: string, place: [zh: string, en: string], [lon, lat, bearing, fieldOfView]: [number, number, number, number]): View {
	return { id, agency, place: { lon, lat, name: place[0], nameEn: place[1] }, bearing, fieldOfView };
}

/** Where the clips' cameras stand and look: longitude, latitude, bearing, field of view in degrees. */
export const views: View[] = [
	view('police', 'cam-port-01', ['北仑港区', 'Beilun Port'], [121.8895, 29.9328, 38, 68]),
	view('work-safety', 'cam-tank-01', ['霞浦罐区', 'Xiapu tank farm'], [121.8992, 29.9108, 52, 74]),
	view('work-safety', 'cam-tank-g07', ['霞浦罐区', 'Xiapu tank farm'], [121.9019, 29.9114, 41, 46]),
	view('water', 'cam-gauge-01', ['柴桥', 'Chaiqiao'], [121.9143, 29.8594, 335, 48]),
	view('water', 'cam-sluice-01', ['戚家山', 'Qijiashan'], [121.7516, 29.9495, 30, 62]),
	view('police', 'cam-road-01', ['太河路—明州路口', 'Taihe Road / Mingzhou Road'], [121.8321, 29.8916, 45, 82]),
	view('urban-management', 'cam-square-01', ['新碶', 'Xinqi'], [121.8412, 29.9009, 62, 78]),
	view('police', 'cam-hill-01', ['九峰山', 'Mount Jiufeng'], [121.8262, 29.8442, 205, 58]),
	view('water', 'cam-seawall-01', ['郭巨', 'Guoju'], [122.0762, 29.8536, 128, 76]),
	view('environment', 'cam-gate-01', ['青峙', 'Qingzhi'], [121.7968, 29.9502, 15, 64]),
	view('fire', 'cam-fire-01', ['霞浦', 'Xiapu'], [121.9114, 29.9001, 250, 72]),
	view('environment', 'cam-outfall-01', ['青峙', 'Qingzhi'], [121.7874, 29.9578, 8, 54]),
	view('urban-management', 'cam-bridge-01', ['大榭大桥', 'Daxie Bridge'], [121.9252, 29.8911, 44, 66]),
	view('fire', 'cam-harbour-01', ['梅山', 'Meishan'], [121.9388, 29.7672, 262, 70]),
];

/** The cameras whose pictures are there, each under the name that its picture shows. */
export function camerasFor(clips: readonly { id: string; name: Text }[]): CameraModel[] {
	return views.flatMap((one) => {
		const clip = clips.find(({ id }) => id === one.id);
		return clip === undefined ? [] : [{ ...one, name: { ...clip.name }, demo: true }];
	});
}
