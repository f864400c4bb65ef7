/** Errors of a depth map that is known up to scale and shift. */
import type { Mask } from '../../stages/stage.js';
import { median } from '../../stages/order.js';

export interface DepthAlignment {
  scale: number;
  shift: number;
}

/**
 * The scale and shift that bring `estimate` closest to `truth`: the least sum of squared relative errors
 * ((scale * estimate + shift - truth) / truth)^2 over the pixels that have both. Without the division far
 * pixels would decide alone. A scale below 0 (near and far confused) is not allowed: it becomes 0.
 */
export function alignDepth(estimate: Float32Array, truth: Float32Array): DepthAlignment {
  // Weighted least squares for truth = scale * estimate + shift, weights 1 / truth^2.
  let [w, x, y, xx, xy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < truth.length; i++) {
    if (!isDepth(truth[i]) || !isDepth(estimate[i])) continue;
    const weight = 1 / (truth[i] * truth[i]);
    w += weight;
    x += weight * estimate[i];
    y += weight * truth[i];
    xx += weight * estimate[i] * estimate[i];
    xy += weight * estimate[i] * truth[i];
  }
  if (w === 0) return { scale: 1, shift: 0 };
  const spread = xx - (x * x) / w;
  const scale = spread > 1e-12 * xx ? Math.max(0, (xy - (x * y) / w) / spread) : 0;
  return { scale, shift: (y - scale * x) / w };
}

/**
 * Mean of |scale * estimate + shift - truth| / truth over all pixels with a true depth. A pixel for which no
 * depth was estimated counts as wrong by 1; NaN where there is no true depth at all.
 */
export function absoluteRelativeError(estimate: Float32Array, truth: Float32Array, alignment?: DepthAlignment): number {
  const { scale, shift } = alignment ?? alignDepth(estimate, truth);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < truth.length; i++) {
    if (!isDepth(truth[i])) continue;
    count++;
    sum += isDepth(estimate[i]) ? Math.abs(scale * estimate[i] + shift - truth[i]) / truth[i] : 1;
  }
  return count === 0 ? NaN : sum / count;
}

/** Over the mask's pixels that have a depth; NaN where none has. */
export const medianDepth = ({ data }: Mask, depth: Float32Array): number =>
  median(depth.filter((z, i) => data[i] !== 0 && isDepth(z))) ?? NaN;

const isDepth = (z: number): boolean => z > 0 && z < Infinity;
