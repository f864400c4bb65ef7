/**
 * Depth that ends where the masks do.
 *
 * A small network blends near and far over a few pixels at the edge of an object; taken at its word, objects are drawn
 * out backwards towards what is behind them. Inside each mask the blended rim takes the depth of the nearest pixel that
 * is out of the edge's reach.
 */
import { erode, maskArea } from './mask-ops.js';
import type { Mask } from './stage.js';

/** At least this share of a mask must be left to tell its depth; else the rim is made narrower. */
const LEAST_INSIDE = 0.25;

/** A copy of `depth`; `reach`: pixels over which it blends at an edge. Masks do not overlap. */
export function firmEdges(depth: Float32Array, masks: readonly Mask[], reach: number): Float32Array {
  const firm = depth.slice();
  for (const mask of masks) {
    const inside = insideOf(mask, reach);
    if (inside !== undefined) spreadWithin(firm, mask, inside);
  }
  return firm;
}

function insideOf(mask: Mask, reach: number): Mask | undefined {
  const area = maskArea(mask);
  for (let radius = Math.round(reach); radius >= 1; radius = Math.floor(radius / 2)) {
    const inside = erode(mask, radius);
    if (maskArea(inside) >= LEAST_INSIDE * area) return inside;
  }
  return undefined;
}

/** Values go from pixel to pixel, row- and columnwise, to the mask's pixels around `inside`. */
function spreadWithin(values: Float32Array, { width, height, data }: Mask, inside: Mask): void {
  const done = inside.data.slice();
  const queue: number[] = [];
  for (let i = 0; i < done.length; i++) if (done[i] !== 0) queue.push(i);
  for (let head = 0; head < queue.length; head++) {
    const i = queue[head];
    const x = i % width;
    const visit = (k: number): void => {
      if (data[k] === 0 || done[k] !== 0) return;
      done[k] = 1;
      values[k] = values[i];
      queue.push(k);
    };
    if (x > 0) visit(i - 1);
    if (x < width - 1) visit(i + 1);
    if (i >= width) visit(i - width);
    if (i < width * (height - 1)) visit(i + width);
  }
}
