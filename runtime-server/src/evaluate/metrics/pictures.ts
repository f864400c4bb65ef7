/** Likeness of pictures: PSNR and SSIM. Values are 0 to 1. */
import { type Planes, plane } from '../../stages/picture-ops.js';

/** PSNR is not counted higher than this, so that a perfect picture does not make every mean infinite. */
export const HIGHEST_PSNR = 60;

/** Peak signal-to-noise ratio in decibels over the pixels where `region` is set (all without one), all channels. */
export function psnr(a: Planes, b: Planes, region?: Uint8Array): number {
  const size = a.width * a.height;
  let squared = 0;
  let count = 0;
  for (let i = 0; i < size; i++) {
    if (region !== undefined && region[i] === 0) continue;
    for (let k = i; k < a.data.length; k += size) squared += (a.data[k] - b.data[k]) ** 2;
    count += a.channels;
  }
  if (count === 0) return NaN;
  return Math.min(HIGHEST_PSNR, -10 * Math.log10(squared / count));
}

const WINDOW = 11;
const SIGMA = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/**
 * Structural similarity, -1 to 1, the mean over channels and over all places where the window of 11 x 11
 * pixels (Gaussian, sigma 1.5) lies within the picture. Source: Z. Wang et al., Image quality assessment, 2004.
 */
export function ssim(a: Planes, b: Planes): number {
  if (a.width < WINDOW || a.height < WINDOW) return NaN;
  let sum = 0;
  for (let channel = 0; channel < a.channels; channel++) {
    sum += ssimOfPlane(plane(a, channel), plane(b, channel), a.width, a.height);
  }
  return sum / a.channels;
}

function ssimOfPlane(a: Float32Array, b: Float32Array, width: number, height: number): number {
  const product = (x: Float32Array, y: Float32Array): Float32Array => x.map((value, i) => value * y[i]);
  const [meanA, meanB, squareA, squareB, both] = [a, b, product(a, a), product(b, b), product(a, b)].map((values) =>
    blur(values, width, height),
  );
  let sum = 0;
  for (let i = 0; i < meanA.length; i++) {
    const [ma, mb] = [meanA[i], meanB[i]];
    const variance = squareA[i] - ma * ma + (squareB[i] - mb * mb);
    const covariance = both[i] - ma * mb;
    sum += ((2 * ma * mb + C1) * (2 * covariance + C2)) / ((ma * ma + mb * mb + C1) * (variance + C2));
  }
  return sum / meanA.length;
}

/** The Gaussian window at every place where it fits: (width - 10) x (height - 10) values. */
function blur(values: Float32Array, width: number, height: number): Float64Array {
  const weights = Array.from({ length: WINDOW }, (_, i) => Math.exp(-((i - (WINDOW - 1) / 2) ** 2) / (2 * SIGMA ** 2)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const [columns, rows] = [width - WINDOW + 1, height - WINDOW + 1];
  const across = new Float64Array(columns * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let k = 0; k < WINDOW; k++) sum += weights[k] * values[y * width + x + k];
      across[y * columns + x] = sum / total;
    }
  }
  const result = new Float64Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let k = 0; k < WINDOW; k++) sum += weights[k] * across[(y + k) * columns + x];
      result[y * columns + x] = sum / total;
    }
  }
  return result;
}
