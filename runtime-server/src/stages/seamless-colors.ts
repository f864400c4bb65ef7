/**
 * Colours that were drawn where an object is hidden, joined to those that are seen: these flow in and give way to what
 * was drawn with the distance (the screened Poisson equation; Bhat et al., Fourier Analysis of the 2D Screened Poisson
 * Equation, 2008).
 */
import { neighbours } from './mask-ops.js';
import type { Planes } from './picture-ops.js';

/** The distance within which what is seen gives way by a factor of e, as a share of the picture's longer side. */
const REACH = 0.06;
/** Pixels that belong to the object by less have no colour to speak of. */
const LEAST_COVERAGE = 0.02;
const SOLID = 0.5;
const SWEEPS = 60;
/** Over-relaxation. */
const RELAXATION = 1.7;

/**
 * Changes colours of `object`, in place, where half a pixel of it or less is `seen`; its coverage stays. Both are
 * premultiplied RGBA of one size.
 */
export function joinColors(object: Planes, seen: Planes): void {
  const { width, height, data } = object;
  const size = width * height;
  const [coverage, visible] = [data.subarray(3 * size), seen.data.subarray(3 * size)];
  const drawn: number[] = [];
  for (let i = 0; i < size; i++) if (coverage[i] >= LEAST_COVERAGE && visible[i] <= SOLID) drawn.push(i);
  const around = drawn.map((i) => neighbours(i, width, height).filter((k) => coverage[k] >= LEAST_COVERAGE));
  const screen = 1 / (REACH * Math.max(width, height)) ** 2;
  for (let channel = 0; channel < 3; channel++) {
    const values = data.subarray(channel * size, (channel + 1) * size);
    const colors = values.map((value, i) => value / Math.max(coverage[i], LEAST_COVERAGE));
    relax(colors, drawn, around, screen);
    for (const i of drawn) values[i] = Math.min(1, Math.max(0, colors[i])) * coverage[i];
  }
}

/** Gauss-Seidel, there and back: each of `drawn` towards the mean of those around it and, weighed by `screen`, its own. */
function relax(colors: Float32Array, drawn: readonly number[], around: readonly number[][], screen: number): void {
  const own = drawn.map((i) => colors[i]);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let n = 0; n < drawn.length; n++) {
      const at = sweep % 2 === 1 ? drawn.length - 1 - n : n;
      let sum = screen * own[at];
      for (const k of around[at]) sum += colors[k];
      const wanted = sum / (screen + around[at].length);
      colors[drawn[at]] += RELAXATION * (wanted - colors[drawn[at]]);
    }
  }
}
