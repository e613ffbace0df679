import type { CameraInput } from '@beilun/shared/protocol/media.ts';
import type { Agency, Text } from '@beilun/shared/protocol/words.ts';
import type { z } from 'zod';

/** A camera without its addresses, which are known only when the RTSP server listens. */
export type CameraModel = Omit<z.input<typeof CameraInput>, 'url' | 'subUrl'>;

type View = Pick<CameraModel, 'id' | 'agency' | 'place' | 'bearing' | 'fieldOfView'>;

function view(agency: Agency, id: string, place: [zh: string, en: string], [lon, lat, bearing, fieldOfView]: [number, number, number, number]): View {
	return { id, agency, place: { lon, lat, name: place[0], nameEn: place[1] }, bearing, fieldOfView };
}

/** Where the clips' cameras stand and look: longitude, latitude, bearing, field of view in degrees. */
export const views: View[] = [
	view('police', 'cam-port-01', ['北仑港区', 'Beilun Port'], [121.8895, 29.9328, 38, 68]),
	view('work-safety', 'cam-tank-01', ['青峙化工园', 'Qingzhi chemical park'], [121.8028, 29.9492, 48, 74]),
	view('work-safety', 'cam-tank-g07', ['霞浦罐区', 'Xiapu tank farm'], [121.9019, 29.9114, 41, 46]),
	view('water', 'cam-gauge-01', ['小浃江', 'Xiaojia River'], [121.7512, 29.9489, 30, 48]),
	view('water', 'cam-sluice-01', ['大碶', 'Daqi'], [121.8103, 29.8724, 40, 62]),
	view('police', 'cam-road-01', ['明州路', 'Mingzhou Road'], [121.8478, 29.8868, 45, 82]),
	view('urban-management', 'cam-square-01', ['新碶', 'Xinqi'], [121.8412, 29.9009, 62, 78]),
	view('police', 'cam-hill-01', ['九峰山', 'Mount Jiufeng'], [121.8262, 29.8442, 205, 58]),
	view('water', 'cam-seawall-01', ['梅山', 'Meishan'], [122.0072, 29.7868, 128, 76]),
	view('environment', 'cam-gate-01', ['青峙', 'Qingzhi'], [121.7968, 29.9502, 15, 64]),
	view('fire', 'cam-fire-01', ['新碶', 'Xinqi'], [121.8171, 29.9137, 60, 72]),
	view('environment', 'cam-outfall-01', ['岩东', 'Yandong'], [121.8616, 29.9286, 8, 54]),
	view('urban-management', 'cam-bridge-01', ['穿山疏港高速', 'Chuanshan Port Expressway'], [122.0352, 29.8876, 58, 66]),
	view('fire', 'cam-harbour-01', ['郭巨渔港', 'Guoju fishing harbour'], [122.0728, 29.8534, 150, 70]),
];

/** The cameras whose pictures are there, each under the name that its picture shows. */
export function camerasFor(clips: readonly { id: string; name: Text }[]): CameraModel[] {
	return views.flatMap((one) => {
		const clip = clips.find(({ id }) => id === one.id);
		return clip === undefined ? [] : [{ ...one, name: { ...clip.name }, demo: true }];
	});
}
