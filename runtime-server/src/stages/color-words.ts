/**
 * Names of colours, judged by the pixels alone.
 *
 * Every pixel is shared among the names by its distance to their typical colours in OKLab (B. Ottosson, 2020),
 * where equal distances look about equally different. Lightness counts less than hue and chroma, since light and shadow
 * change it most.
 */
import { type Planes, plane } from './picture-ops.js';

/** Typical colours, sRGB 0 to 255: lit, in shadow, pale. */
const TYPICAL = {
  black: [[25, 25, 25]],
  white: [[240, 240, 240]],
  gray: [[128, 128, 128], [75, 75, 78], [180, 180, 180]],
  red: [[200, 40, 40], [120, 20, 25]],
  orange: [[235, 130, 40], [190, 95, 35]],
  yellow: [[240, 210, 60]],
  green: [[70, 150, 60], [30, 75, 40], [140, 190, 90]],
  teal: [[40, 150, 140]],
  blue: [[50, 90, 190], [25, 40, 95], [130, 180, 225]],
  purple: [[120, 60, 160], [70, 40, 90]],
  pink: [[235, 140, 170], [200, 90, 130]],
  brown: [[110, 70, 40], [70, 42, 28], [150, 100, 65]],
  tan: [[200, 165, 120]],
  beige: [[225, 205, 170]],
  cream: [[245, 235, 205]],
  gold: [[200, 160, 50]],
  olive: [[120, 120, 50]],
} as const; // prettier-ignore

export type ColorWord = keyof typeof TYPICAL;
export const COLOR_WORDS = Object.keys(TYPICAL) as ColorWord[];

const SYNONYMS: Record<string, ColorWord> = {
  grey: 'gray',
  silver: 'gray',
  golden: 'gold',
  violet: 'purple',
  lilac: 'purple',
  magenta: 'pink',
  crimson: 'red',
  scarlet: 'red',
  maroon: 'red',
  navy: 'blue',
  cyan: 'teal',
  turquoise: 'teal',
  ivory: 'cream',
};

export const colorWord = (word: string): ColorWord | undefined =>
  Object.hasOwn(TYPICAL, word) ? (word as ColorWord) : Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined;

const LIGHTNESS_WEIGHT = 0.3;
/** Squared distance in OKLab at which a colour is a name's by 1 / e of what it is at none. */
const SPREAD = 0.003;
/** The brightest of a picture's pixels, this share of them, are taken for white or nearly so. */
const BRIGHTEST = 0.05;
const NEARLY_WHITE = 0.9;

const TYPICAL_LAB = COLOR_WORDS.map((word) => TYPICAL[word].map(([r, g, b]) => oklab(r / 255, g / 255, b / 255)));

export class ColorShares {
  readonly #picture: Planes;
  readonly #gain: number;

  /** `picture`: r, g, b in [0, 1]. */
  constructor(picture: Planes) {
    this.#picture = picture;
    const brightest = Math.max(...[0, 1, 2].map((channel) => quantile(plane(picture, channel), 1 - BRIGHTEST)));
    this.#gain = NEARLY_WHITE / Math.max(0.1, brightest);
  }

  /** How much of the pixels where `mask` exceeds 1/2 is of each colour of `COLOR_WORDS`: they add up to 1. */
  of(mask: Float32Array): Float32Array {
    const sums = new Float32Array(COLOR_WORDS.length);
    const [red, green, blue] = [0, 1, 2].map((channel) => plane(this.#picture, channel));
    const value = (channel: Float32Array, i: number): number => Math.min(1, this.#gain * channel[i]);
    let count = 0;
    for (let i = 0; i < mask.length; i++) {
      if (mask[i] <= 0.5) continue;
      count++;
      const color = oklab(value(red, i), value(green, i), value(blue, i));
      const weights = TYPICAL_LAB.map((typical) =>
        Math.exp(-Math.min(...typical.map((other) => difference(color, other))) / SPREAD),
      );
      const total = weights.reduce((sum, weight) => sum + weight, 1e-12);
      for (let k = 0; k < sums.length; k++) sums[k] += weights[k] / total;
    }
    return sums.map((sum) => sum / Math.max(1, count));
  }
}

type Lab = readonly [number, number, number];

/** Squared, with lightness counting less. */
const difference = ([l, a, b]: Lab, [otherL, otherA, otherB]: Lab): number =>
  LIGHTNESS_WEIGHT * (l - otherL) ** 2 + (a - otherA) ** 2 + (b - otherB) ** 2;

function quantile(values: Float32Array, share: number): number {
  const sorted = values.toSorted();
  return sorted[Math.floor(share * (sorted.length - 1))];
}

/** Lightness, a and b of an sRGB colour in [0, 1]. */
function oklab(red: number, green: number, blue: number): Lab {
  const [r, g, b] = [red, green, blue].map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
