import { expect, test } from 'vitest';
import { parseSdp } from '../rtsp/sdp.ts';
import { selectBackchannel } from './camera-speaker.ts';

const sdp = (...sections: string[]) => parseSdp(`v=0\r\n${sections.join('\r\n')}\r\n`).media;
const picture = (direction: string) => `m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:v\r\na=${direction}`;
const sound = (payload: string, direction: string, control = 'a') => `m=audio 0 RTP/AVP ${payload}\r\na=control:${control}\r\na=${direction}`;

test('the section that ONVIF marks for sending is taken, not the microphone of the camera', () => {
	const { media, codec } = selectBackchannel(sdp(picture('recvonly'), sound('8', 'recvonly', 'mic'), sound('0', 'sendonly', 'back')));
	expect({ control: media.control, codec }).toEqual({ control: 'back', codec: 'PCMU' });
});

test('a camera that describes itself from its own side is understood', () => {
	const { media, codec } = selectBackchannel(sdp(picture('sendonly'), sound('8', 'sendonly', 'mic'), sound('8', 'recvonly', 'back')));
	expect({ control: media.control, codec }).toEqual({ control: 'back', codec: 'PCMA' });
});

test('of several codecs the G.711 one is taken; without one it is said what the camera takes', () => {
	const aac = 'm=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000\r\na=sendonly\r\na=control:x';
	expect(selectBackchannel(sdp(aac, sound('8', 'sendonly'))).codec).toBe('PCMA');
	expect(() => selectBackchannel(sdp(aac))).toThrow('MPEG4-GENERIC');
	expect(() => selectBackchannel(sdp(picture('recvonly'), sound('8', 'recvonly')))).toThrow('no back channel');
});
