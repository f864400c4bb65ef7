/** What the picture says about who stands on whom: what lies around the foot of an object's mask. */
import type { Camera, RunLengthMask, SceneObject } from '../scene/index.js';
import { convexPolygon, marginIn, type Point2 } from './collide/polygon.js';

export interface SeenAround {
  /**
   * For each other object the share of this one's columns below whose lowest pixel it is seen, 0 to 1. What stands on
   * another is seen with that one right below it; what stands behind it is so, too: this can tell against a support,
   * but cannot prove one.
   */
  below: readonly number[];
  /**
   * The share of both ends of this one's lowest rows beside which it is seen, and within whose outline they are: on
   * something wide. What stands behind another, or is half hidden by it, is seen beside it but outside its outline.
   */
  within: readonly number[];
  /** The share of the columns of its foot below whose lowest pixel another is seen, or the picture ends: it may go on there. */
  hidden: number;
}

/** One for each object; null where masks are missing. */
export type SupportEvidence = readonly (SeenAround | null)[];

/** How far from the mask is looked, share of the picture's height; half as far inside an outline is within it. */
const REACH_SHARE = 0.02;
/** Share of a mask's height that is its foot. */
const FOOT_SHARE = 0.25;

/** What is around the foot of an object from this share of hidden columns on is not known. */
const HIDDEN_SHARE = 0.5;

/** Whether the picture shows where an object ends below. */
export const isFootSeen = (around: SeenAround | null | undefined): boolean => (around?.hidden ?? 0) < HIDDEN_SHARE;

interface Masked {
  /** The first one's picture is that of the masks. */
  cameras: readonly Pick<Camera, 'width' | 'height'>[];
  objects: readonly Pick<SceneObject, 'mask'>[];
}

export function seenAround({ cameras, objects }: Masked): SupportEvidence {
  const [camera] = cameras;
  const owners = camera && ownersOf(objects.map(({ mask }) => mask), camera.width, camera.height); // prettier-ignore
  if (!owners) return objects.map(() => null);
  const { width, height } = camera;
  const reach = Math.max(2, Math.round(REACH_SHARE * height));
  const edges = objects.map(() => ({
    lowest: new Int32Array(width).fill(-1),
    left: new Int32Array(height).fill(-1),
    right: new Int32Array(height).fill(-1),
  }));
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (owners[i] === 0) continue;
      const { lowest, left, right } = edges[owners[i] - 1];
      lowest[x] = y;
      if (left[y] < 0) left[y] = x;
      right[y] = x;
    }
  }
  const outlines = edges.map(({ left, right }) =>
    convexPolygon([left, right].flatMap((ends) => Array.from(ends, (x, y): Point2 => [x, y]).filter(([x]) => x >= 0))),
  );
  return edges.map(({ lowest, left, right }, index) => {
    const below = objects.map(() => 0);
    const within = objects.map(() => 0);
    /** The first other object within reach of a pixel, that way. */
    const next = (x: number, y: number, dx: number, dy: number): number | null => {
      for (let step = 1; step <= reach; step++) {
        const [u, v] = [x + step * dx, y + step * dy];
        if (u < 0 || u >= width || v >= height) return null;
        const owner = owners[v * width + u] - 1;
        if (owner >= 0 && owner !== index) return owner;
      }
      return null;
    };
    const columns = lowest.reduce((count, y) => count + (y < 0 ? 0 : 1), 0);
    if (columns === 0) return null;
    const rows = Array.from(left.keys()).filter((y) => left[y] >= 0);
    const foot = rows.slice(-Math.max(1, Math.round(FOOT_SHARE * rows.length)));
    const ofFoot = { columns: 0, hidden: 0 };
    lowest.forEach((y, x) => {
      if (y < 0) return;
      const owner = next(x, y, 0, 1);
      if (owner !== null) below[owner]++;
      if (y < foot[0]) return;
      ofFoot.columns++;
      if (owner !== null || y + reach >= height) ofFoot.hidden++;
    });
    for (const y of foot) {
      for (const way of [-1, 1]) {
        const x = way < 0 ? left[y] : right[y];
        const owner = next(x, y, way, 0);
        if (owner !== null && marginIn(outlines[owner], [x, y]) > reach / 2) within[owner]++;
      }
    }
    return {
      below: below.map((count) => count / columns),
      within: within.map((count) => count / (2 * foot.length)),
      hidden: ofFoot.hidden / ofFoot.columns,
    };
  });
}

/** The number of the object that each pixel shows, from 1; null where a mask is not of the picture's size. */
export function ownersOf(masks: readonly RunLengthMask[], width: number, height: number): Uint16Array | null {
  if (masks.some((mask) => mask.width !== width || mask.height !== height)) return null;
  const owners = new Uint16Array(width * height);
  masks.forEach(({ runs }, index) => {
    let at = 0;
    runs.forEach((run, k) => {
      if (k % 2 === 1) owners.fill(index + 1, at, at + run);
      at += run;
    });
  });
  return owners;
}
