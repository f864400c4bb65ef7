/** Colours chosen in OKLab, where equal steps look equal. */
import { toSrgb } from '@scenemaker/sdk/render';
import type { Color } from './canvas.js';

/** Hues that follow each other at the golden angle, so that any first few are far apart. */
export function objectColor(index: number): Color {
  const hue = 0.6 + index * Math.PI * (3 - Math.sqrt(5));
  const light = [0.72, 0.64, 0.8][index % 3];
  return oklabToSrgb(light, 0.155 * Math.cos(hue), 0.155 * Math.sin(hue));
}

/** Far to near: dark blue, teal, green, sand, cream. Lightness rises evenly: OKLab lightness, a, b. */
const DEPTH_STOPS = [
  [0.2, 0.02, -0.09],
  [0.36, -0.01, -0.13],
  [0.52, -0.08, -0.05],
  [0.68, -0.12, 0.07],
  [0.83, -0.02, 0.14],
  [0.96, 0.02, 0.05],
] as const;

/** 256 colours from far to near, stride 3, sRGB. */
export const DEPTH_COLORS = Uint8Array.from({ length: 768 }, (_, i) => {
  const position = (Math.floor(i / 3) / 255) * (DEPTH_STOPS.length - 1);
  const first = Math.min(Math.floor(position), DEPTH_STOPS.length - 2);
  const mix = (k: number): number =>
    DEPTH_STOPS[first][k] + (position - first) * (DEPTH_STOPS[first + 1][k] - DEPTH_STOPS[first][k]);
  return oklabToSrgb(mix(0), mix(1), mix(2))[i % 3];
});

/** Colours outside sRGB are clipped channel by channel. */
export function oklabToSrgb(lightness: number, a: number, b: number): Color {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    toSrgb(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toSrgb(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toSrgb(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}
