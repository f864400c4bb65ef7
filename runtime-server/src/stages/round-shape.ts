/**
 * What has the silhouette of something round and upright, made round. Estimated depth says next to nothing of how an
 * object bulges, while its outline tells all of what is round.
 */
import { rasteriseDepth } from '@scenemaker/sdk/render';
import { fieldBeside } from './beside-round.js';
import { revolveSilhouette } from './revolved.js';
import { evenedOut, revolvedField } from './revolved-field.js';
import type { Intrinsics, Mask, Window } from './stage.js';
import type { Symmetry } from './symmetry.js';
import { median, type ObjectCube, projectPoint, windowIntrinsics } from './upright.js';

/** What is round covers so much of its silhouette; of what looks round less will do, for it may have a handle. */
const ROUND = 0.99;
const ROUND_BY_LOOKS = 0.85;
/** What is likelier than that looks round; what is less likely than that does not, whatever its silhouette. */
const LIKELY = 0.2;
const UNLIKELY = 0.02;
/** What was generated must lie so far within that of a round body to say that this is hollow; 1 is the truncation. */
const HOLLOW = 0.5;

/** What the object's window shows. */
export interface WindowView {
  window: Window;
  /** Of the picture. */
  intrinsics: Intrinsics;
  /** Pixels along a side of `depth` and `free`. */
  size: number;
  /** From `splatPoints`. */
  depth: Float32Array;
  /** 1 where the object is known not to be. */
  free: Mask | undefined;
}

/** Signed distances, [z][y][x]. */
export interface MadeField {
  cube: ObjectCube;
  generated: Float32Array;
  resolution: number;
  /** The distance that is 1, in half sides of the cube. */
  truncation: number;
  /** Where the surface lies. */
  level: number;
}

export interface WholeShape {
  /** On the grid of the made field. */
  distances: Float32Array;
  symmetry: Symmetry | undefined;
}

/**
 * What was generated says only where the solid is hollow.
 *
 * @param seen Points on the surface that was seen, cube coordinates, stride 3.
 * @param likelihood Of its being round, by what it looks like; absent: only the silhouette tells.
 * @returns Undefined for what has another silhouette.
 */
export function roundShape(
  { cube, generated, resolution, truncation, level }: MadeField,
  { window, intrinsics, size, depth, free }: WindowView,
  seen: Float32Array,
  likelihood = UNLIKELY,
): WholeShape | undefined {
  const front = median(seen.filter((_, i) => i % 3 === 2));
  if (free === undefined || front === undefined) return undefined;
  const silhouette = {
    intrinsics: windowIntrinsics(intrinsics, window, size),
    seen: { width: size, height: size, data: Uint8Array.from(depth, (z) => (z > 0 ? 1 : 0)) },
    free,
  };
  const solid = revolveSilhouette(cube, silhouette, { front, resolution });
  if (likelihood < UNLIKELY || solid.coverage < (likelihood > LIKELY ? ROUND_BY_LOOKS : ROUND)) return undefined;
  const { axis } = solid;
  const hull = revolvedField(solid, truncation);
  const body = evenedOut(generated, resolution, axis);
  const beside = fieldBeside(cube, silhouette, solid, truncation);
  return {
    distances: body.map((value, i) => Math.min(level + (beside?.[i] ?? 1), Math.max(level + hull[i], value - HOLLOW))),
    symmetry: { kind: 'revolution', axis },
  };
}

/** The points (camera frame, stride 3), along their rays to where the mesh (camera frame) is; those that miss it are left out. */
export function pointsOnSurface(
  points: Float32Array,
  { window, intrinsics, size }: WindowView,
  mesh: { positions: Float32Array; indices: Uint32Array },
): Float32Array {
  const camera = { ...windowIntrinsics(intrinsics, window, size), width: size, height: size };
  const depth = rasteriseDepth(mesh, camera);
  const moved: number[] = [];
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, was] = points.subarray(i, i + 3);
    const [column, row] = projectPoint(camera, [x, y, was]).map(Math.floor);
    const z = column < 0 || row < 0 || column >= size || row >= size ? Infinity : depth[row * size + column];
    if (z < Infinity) moved.push((x / was) * z, (y / was) * z, z);
  }
  return Float32Array.from(moved);
}
