/** G.711 A-law of samples between -1 and 1. */
export function encodeALaw(samples: Float32Array): Buffer {
	const coded = Buffer.allocUnsafe(samples.length);
	for (const [index, sample] of samples.entries()) coded[index] = encodeSample(Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767))));
	return coded;
}

function encodeSample(sample: number): number {
	const sign = sample >= 0 ? 0x80 : 0;
	const magnitude = Math.min(4_095, (sample >= 0 ? sample : -sample - 1) >> 3);
	let exponent = 0;
	for (let rest = magnitude >> 5; rest > 0; rest >>= 1) exponent++;
	const mantissa = exponent === 0 ? magnitude >> 1 : magnitude >> exponent;
	return (sign | (exponent << 4) | (mantissa & 0x0f)) ^ 0x55;
}
