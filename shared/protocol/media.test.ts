import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packPreview, unpackPreview } from './media.ts';

test('a preview is the same after it has travelled in one piece', () => {
	const frame = fc.record({ data: fc.uint8Array({ maxLength: 200 }), key: fc.boolean(), captureTime: fc.double({ noNaN: true }) });
	fc.assert(
		fc.property(fc.array(frame, { maxLength: 40 }), (frames) => {
			const preview = { codec: 'avc1.640028', width: 1280, height: 720, frames };
			const packed = packPreview(preview);
			expect(unpackPreview(packed)).toEqual(preview);
			expect(unpackPreview({ ...packed, data: new Uint8Array(packed.data).buffer })).toEqual(preview);
		}),
	);
});
