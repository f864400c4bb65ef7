/**
 * Which masks are pieces of an object that another mask shows.
 *
 * Where two objects touch, the surface mostly has a crease; where a wheel or a stripe was taken for an object, it goes
 * on smoothly or bulges. The same rule joins patches of point clouds to objects in Stein et al., "Object Partitioning
 * using Local Convexity", CVPR 2014.
 */
import { maskArea } from './mask-ops.js';
import type { Segment } from './stage.js';
import { isStep, type MeasuredDepth, type Surfaces } from './surfaces.js';
import { median } from './order.js';

/** A mask of a lower score may be a piece of an object. */
const SUREST_PIECE = 0.65;
/** Two surfaces meet at a crease where the border lies deeper than this share of the way between its sides. */
const CREASE = 0.2;
/** So far from a border, as a share of the picture's longer side, its sides are looked at. */
const CREASE_REACH = 0.02;
/** Fewer places along a border do not tell. */
const FEWEST = 3;

/**
 * Of each segment the number of the one that it is a piece of, or its own.
 * @param owners Of each pixel the number of its segment, -1 for none.
 */
export function piecesToWholes(
  segments: readonly Segment[],
  owners: Int32Array,
  surfaces: Surfaces,
  scene: MeasuredDepth,
): number[] {
  const whole = segments.map((_, k) => k);
  const areas = segments.map(({ mask }) => maskArea(mask));
  for (const { sides, depths } of bordersOf(owners, segments.length, surfaces, scene)) {
    const creased = depths.length < FEWEST || (median(Float32Array.from(depths)) ?? 0) > CREASE;
    if (creased || Math.min(...sides.map((k) => segments[k].score)) > SUREST_PIECE) continue;
    const [large, small] = sides.map((k) => whole[k]).sort((a, b) => areas[b] - areas[a]);
    for (let k = 0; k < whole.length; k++) if (whole[k] === small) whole[k] = large;
  }
  return whole;
}

interface Border {
  sides: readonly [number, number];
  /** Along it: how deep it lies behind the straight line between its sides, as a share of that line. */
  depths: number[];
}

/** Where two owners meet on one surface without a step. */
function bordersOf(
  owners: Int32Array,
  count: number,
  { labels, step }: Surfaces,
  { depth, width, height, intrinsics }: MeasuredDepth,
): Border[] {
  const borders = new Map<number, Border>();
  const reach = Math.max(3, Math.round(CREASE_REACH * Math.max(width, height)));
  const scan = (first: number, length: number, stride: number): void => {
    for (let n = 0; n < length - 1; n++) {
      const [near, next] = [first + n * stride, first + (n + 1) * stride];
      const [a, b] = [owners[near], owners[next]];
      if (a < 0 || b < 0 || a === b || labels[near] !== labels[next] || isStep(depth[near], depth[next], step))
        continue;
      const goesOn = (d: number): boolean => {
        const [p, q] = [near - d * stride, next + d * stride];
        return (
          n >= d &&
          n + 1 + d < length &&
          owners[p] === a &&
          owners[q] === b &&
          labels[p] === labels[q] &&
          labels[p] === labels[near]
        );
      };
      let far = 0;
      while (far < reach && goesOn(far + 1)) far++;
      if (far < 2) continue;
      const key = Math.min(a, b) * count + Math.max(a, b);
      const border = borders.get(key) ?? { sides: [a, b], depths: [] };
      borders.set(key, border);
      const [zp, zq] = [depth[near - far * stride], depth[next + far * stride]];
      // Along a straight line 1 / z is linear in the picture.
      const straight = 2 / (1 / zp + 1 / zq);
      const middle = 2 / (1 / depth[near] + 1 / depth[next]);
      border.depths.push((middle - straight) / Math.hypot(((2 * far + 1) * straight) / intrinsics.fx, zq - zp));
    }
  };
  for (let y = 0; y < height; y++) scan(y * width, width, 1);
  for (let x = 0; x < width; x++) scan(x, height, width);
  return [...borders.values()];
}
