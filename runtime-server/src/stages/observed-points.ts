/** An object's surface points from its mask and the depth map. */
import { erode, maskArea, type PixelBox } from './mask-ops.js';
import { inOrder } from './order.js';
import type { Intrinsics, Mask } from './stage.js';

/** A step in depth between neighbours beyond this share of it is an edge: one of the two is not to be trusted. */
const EDGE_STEP = 0.08;
/** Points farther from the object's median depth than this many times its width in space are strays. */
const DEEPEST = 1.5;
/** Estimated depth, so many interquartile ranges beyond the quartiles, is a stray, too (Tukey's fences). */
const FENCE = 1.5;
/** Of the object's width in space: no object is flatter for the fences. */
const LEAST_RELIEF = 0.1;
/** The mask is shrunk by this share of its box, where depth and mask disagree most. */
const MARGIN = 0.01;

/**
 * Camera-frame points, stride 3, of the mask's pixels that have a depth: without a thin margin, without
 * pixels at steps of depth, without strays. At most `limit`, evenly thinned out. `estimated`: whether a network drew the
 * depth, which gives narrow parts that of the background.
 */
export function observedPoints(
  mask: Mask,
  box: PixelBox,
  depth: Float32Array,
  { fx, fy, cx, cy }: Intrinsics,
  { estimated = false, limit = 40_000 }: { estimated?: boolean; limit?: number } = {},
): Float32Array {
  const { width } = mask;
  const longest = Math.max(box.x1 - box.x0, box.y1 - box.y0);
  const shrunk = erode(mask, Math.max(1, Math.round(MARGIN * longest)));
  const used = maskArea(shrunk) >= 0.4 * maskArea(mask) ? shrunk : mask;
  const pixels = new Int32Array(maskArea(used));
  let found = 0;
  for (let y = box.y0; y < box.y1; y++) {
    for (let x = box.x0, i = y * width + x; x < box.x1; x++, i++) {
      if (used.data[i] !== 0 && depth[i] > 0 && !atEdge(mask, depth, x, y)) pixels[found++] = i;
    }
  }
  if (found === 0) return new Float32Array(0);
  const depths = new Float32Array(found);
  for (let k = 0; k < found; k++) depths[k] = depth[pixels[k]];
  const [low, middle, high] = [1, 2, 3].map((quarter) => inOrder(depths, ((depths.length - 1) * quarter) >> 2));
  const span = (longest * middle) / fx;
  const fence = FENCE * Math.max(high - low, LEAST_RELIEF * span);
  const nearest = Math.max(middle - DEEPEST * span, estimated ? low - fence : 0);
  const farthest = Math.min(middle + DEEPEST * span, estimated ? high + fence : Infinity);
  const kept = pixels.subarray(0, found).filter((i) => depth[i] >= nearest && depth[i] <= farthest);
  const step = Math.max(1, kept.length / limit);
  const points = new Float32Array(3 * Math.floor(kept.length / step));
  for (let k = 0; k < points.length / 3; k++) {
    const i = kept[Math.floor(k * step)];
    const z = depth[i];
    points[3 * k] = (((i % width) + 0.5 - cx) / fx) * z;
    points[3 * k + 1] = ((Math.floor(i / width) + 0.5 - cy) / fy) * z;
    points[3 * k + 2] = z;
  }
  return points;
}

/** Whether depth steps between this pixel and a neighbour of the same mask. */
function atEdge({ width, height, data }: Mask, depth: Float32Array, x: number, y: number): boolean {
  const i = y * width + x;
  const least = EDGE_STEP * depth[i];
  return (
    (x > 0 && data[i - 1] !== 0 && Math.abs(depth[i - 1] - depth[i]) > least) ||
    (x < width - 1 && data[i + 1] !== 0 && Math.abs(depth[i + 1] - depth[i]) > least) ||
    (y > 0 && data[i - width] !== 0 && Math.abs(depth[i - width] - depth[i]) > least) ||
    (y < height - 1 && data[i + width] !== 0 && Math.abs(depth[i + width] - depth[i]) > least)
  );
}
