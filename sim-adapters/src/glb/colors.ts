/**
 * Vertex colours between sRGB bytes and glTF's linear 16-bit values.
 *
 * 16 bits keep all 256 sRGB levels apart: the two darkest are 20 steps from each other, so bytes
 * come back as they were.
 */

/** sRGB byte to linear light, 0 to 1. */
export function srgbToLinear(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** Linear light, 0 to 1, to an sRGB byte. */
export function linearToSrgb(linear: number): number {
  const value = linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}

const LINEAR_16 = Uint16Array.from({ length: 256 }, (_, byte) => Math.round(65535 * srgbToLinear(byte)));

/** Stride 4, sRGB bytes with alpha, to stride 4, linear unsigned short. */
export function toLinear16(colors: Uint8Array): Uint16Array<ArrayBuffer> {
  const linear = new Uint16Array(colors.length);
  for (let i = 0; i < colors.length; i++) {
    linear[i] = i % 4 === 3 ? 257 * colors[i] : LINEAR_16[colors[i]];
  }
  return linear;
}
