/** Between sRGB bytes and linear light. */

/** Linear light, 0 to 1, of each sRGB byte. */
export const SRGB_TO_LINEAR = Float32Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** Light up to here is shown as it is; above, up to `WHITE`, it is pressed together. */
const SHOULDER = 0.7;
const WHITE = 1.8;
const STEPS = 4096;

/** Display byte of linear light 0 to `WHITE` in equal steps. */
const TONE = Uint8Array.from({ length: STEPS + 1 }, (_, step) => toSrgb(press((step / STEPS) * WHITE)));

/** Linear light to a display byte, with highlights rolled off softly. */
export function toneByte(linear: number): number {
  const step = (linear * STEPS) / WHITE;
  return TONE[step <= 0 ? 0 : step >= STEPS ? STEPS : (step + 0.5) | 0];
}

/** Straight to `SHOULDER`, then a parabola that arrives at 1, level, at `WHITE`. */
function press(linear: number): number {
  if (linear <= SHOULDER) return linear;
  const t = (linear - SHOULDER) / (WHITE - SHOULDER);
  const rise = 1 - SHOULDER;
  // The parabola's slope at the shoulder is kept at 1 where it can be.
  const slope = Math.min(1, (2 * rise) / (WHITE - SHOULDER));
  const bend = slope * (WHITE - SHOULDER) - rise;
  return SHOULDER + (rise + bend) * t - bend * t * t;
}

/** Linear light, 0 to 1, to an sRGB byte. */
export function toSrgb(linear: number): number {
  const value = linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}
