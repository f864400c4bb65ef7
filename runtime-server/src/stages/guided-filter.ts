/**
 * The guided filter: brings the edges of a coarse mask to the edges of a picture.
 *
 * In every square window the mask is fitted by a linear function of the picture's colour; each pixel takes the mean
 * of the functions of the windows it lies in. The functions are smooth, so that they may be found in a small
 * picture and applied to a large one. Sources: K. He, J. Sun, X. Tang, Guided image filtering, 2013, section 3 and
 * 3.5 (colour); K. He, J. Sun, Fast guided filter, 2015.
 */
import { createPlanes, type Planes, plane } from './picture-ops.js';

export class GuidedFilter {
  readonly width: number;
  readonly height: number;
  readonly #radius: number;
  readonly #guide: Float32Array[];
  readonly #means: Float32Array[];
  /** Of the colours' covariance matrix plus `softness` on its diagonal: xx, xy, xz, yy, yz, zz. */
  readonly #inverse: Float32Array[];

  /**
   * @param guide r, g, b in [0, 1].
   * @param radius Windows are squares of side 2 radius + 1 pixels of the guide.
   * @param softness Variance of colour below which an edge is none.
   */
  constructor(guide: Planes, radius: number, softness: number) {
    this.width = guide.width;
    this.height = guide.height;
    this.#radius = radius;
    this.#guide = [0, 1, 2].map((channel) => plane(guide, channel));
    this.#means = this.#guide.map((values) => this.#mean(values));
    const covariance = (a: number, b: number): Float32Array =>
      this.#covariance(this.#guide[a], this.#means[a], this.#guide[b], this.#means[b]);
    const entries = [covariance(0, 0), covariance(0, 1), covariance(0, 2), covariance(1, 1), covariance(1, 2), covariance(2, 2)]; // prettier-ignore
    this.#inverse = invertSymmetric(entries, softness);
  }

  /**
   * Four planes of the guide's size: at each pixel r, g, b times the first three, plus the fourth, is the filtered
   * value.
   * @param values One a pixel of the guide.
   */
  fit(values: Float32Array): Planes {
    const mean = this.#mean(values);
    const shared = this.#guide.map((guide, k) => this.#covariance(guide, this.#means[k], values, mean));
    const [xx, xy, xz, yy, yz, zz] = this.#inverse;
    const factors = [new Float32Array(mean.length), new Float32Array(mean.length), new Float32Array(mean.length)];
    const offset = mean;
    for (let i = 0; i < mean.length; i++) {
      const [r, g, b] = [shared[0][i], shared[1][i], shared[2][i]];
      factors[0][i] = xx[i] * r + xy[i] * g + xz[i] * b;
      factors[1][i] = xy[i] * r + yy[i] * g + yz[i] * b;
      factors[2][i] = xz[i] * r + yz[i] * g + zz[i] * b;
      for (let k = 0; k < 3; k++) offset[i] -= factors[k][i] * this.#means[k][i];
    }
    const result = createPlanes(4, this.width, this.height);
    [...factors, offset].forEach((values, channel) => plane(result, channel).set(this.#mean(values)));
    return result;
  }

  #covariance(a: Float32Array, meanA: Float32Array, b: Float32Array, meanB: Float32Array): Float32Array {
    const product = new Float32Array(a.length);
    for (let i = 0; i < product.length; i++) product[i] = a[i] * b[i];
    const mean = this.#mean(product);
    for (let i = 0; i < mean.length; i++) mean[i] -= meanA[i] * meanB[i];
    return mean;
  }

  /** Of the window around each pixel; beyond the border the outermost pixels go on. */
  #mean(values: Float32Array): Float32Array {
    const { width, height } = this;
    const rows = new Float32Array(values.length);
    const both = new Float32Array(values.length);
    for (let y = 0; y < height; y++) slideMean(values, rows, y * width, width, 1, this.#radius);
    for (let x = 0; x < width; x++) slideMean(rows, both, x, height, width, this.#radius);
    return both;
  }
}

/** Means of one line of `length` values, `stride` apart, that starts at `base`. */
function slideMean(
  input: Float32Array,
  output: Float32Array,
  base: number,
  length: number,
  stride: number,
  radius: number,
): void {
  const at = (i: number): number => input[base + Math.min(length - 1, Math.max(0, i)) * stride];
  let sum = 0;
  for (let i = -radius; i < radius; i++) sum += at(i);
  for (let i = 0; i < length; i++) {
    sum += at(i + radius);
    output[base + i * stride] = sum / (2 * radius + 1);
    sum -= at(i - radius);
  }
}

/** Of symmetric 3 x 3 matrices whose diagonals are at least 0, with `extra` added to the diagonals. */
function invertSymmetric([xx, xy, xz, yy, yz, zz]: Float32Array[], extra: number): Float32Array[] {
  const result = Array.from({ length: 6 }, () => new Float32Array(xx.length));
  for (let i = 0; i < xx.length; i++) {
    const [a, b, c, d, e, f] = [xx[i] + extra, xy[i], xz[i], yy[i] + extra, yz[i], zz[i] + extra];
    const minors = [d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b];
    const determinant = a * minors[0] + b * minors[1] + c * minors[2];
    for (let k = 0; k < 6; k++) result[k][i] = minors[k] / determinant;
  }
  return result;
}
