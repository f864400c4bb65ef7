/**
 * What has the silhouette of a simple solid that stands upright, made one. Estimated depth says next to nothing of how
 * an object bulges, while its outline tells all of what is round, and much of what is a box.
 */
import { rasteriseDepth } from '@scenemaker/sdk/render';
import { fieldBeside } from './beside-round.js';
import { median } from './order.js';
import { type Revolved, revolveSilhouette, type Silhouette } from './revolved.js';
import { eachVoxel, evenedOut, revolvedField } from './revolved-field.js';
import type { Intrinsics, Mask, SolidLikelihoods, Window } from './stage.js';
import type { Symmetry } from './symmetry.js';
import { type ObjectCube, projectPoint, SURFACE, windowIntrinsics } from './upright.js';
import { boxField, fitUprightBox } from './upright-box.js';

/** What is round covers so much of its silhouette; of what looks round less will do, for it may have a handle. */
const ROUND = 0.99;
const ROUND_BY_LOOKS = 0.9;
/** No handle is believed where more of the solid than this share is hidden. */
const MOST_HIDDEN = 0.2;
/** The overlap over union of what looks like a box with the box that fits best. */
const BOX_BY_LOOKS = 0.95;
/** What is likelier than that looks like it; what is round less likely than that is not, whatever its silhouette. */
const LIKELY: SolidLikelihoods = { round: 0.25, box: 0.25 };
const UNLIKELY = 0.05;
/** What was generated must lie so far within that of a round body to say that this is hollow; 1 is the truncation. */
const HOLLOW = 0.5;

/** What the object's window shows. */
export interface WindowView {
  window: Window;
  /** Of the picture. */
  intrinsics: Intrinsics;
  /** Pixels along a side of what follows. */
  size: number;
  /** From `splatPoints`. */
  depth: Float32Array;
  /** 1 on what is seen of the object. */
  seen: Mask;
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
 * @param points On the surface that was seen, cube coordinates, stride 3; without any it is taken to lie where the cube has it.
 * @param solids Absent: only the silhouette tells, and it tells only what is round.
 * @returns Undefined for what is neither round nor a box.
 */
export function simpleSolid(
  made: MadeField,
  { window, intrinsics, size, seen, free }: WindowView,
  points: Float32Array,
  { round, box }: SolidLikelihoods = { round: UNLIKELY, box: 0 },
): WholeShape | undefined {
  if (free === undefined) return undefined;
  const front = median(points.filter((_, i) => i % 3 === 2)) ?? SURFACE;
  const silhouette = {
    intrinsics: windowIntrinsics(intrinsics, window, size),
    seen,
    free,
  };
  const asRound = (): WholeShape | undefined =>
    round < UNLIKELY ? undefined : roundSolid(made, silhouette, front, round > LIKELY.round);
  const asBox = (): WholeShape | undefined => (box > LIKELY.box ? boxSolid(made, silhouette, front) : undefined);
  return box > round ? (asBox() ?? asRound()) : (asRound() ?? asBox());
}

/** What was generated says only where the solid is hollow. */
function roundSolid(
  { cube, generated, resolution, truncation, level }: MadeField,
  silhouette: Silhouette,
  front: number,
  looksRound: boolean,
): WholeShape | undefined {
  const solid = revolveSilhouette(cube, silhouette, { front, resolution });
  const mayHaveHandle = looksRound && hiddenShare(solid, silhouette) < MOST_HIDDEN;
  if (solid.coverage < (mayHaveHandle ? ROUND_BY_LOOKS : ROUND)) return undefined;
  const { axis } = solid;
  const hull = revolvedField(solid, truncation);
  const body = evenedOut(generated, resolution, axis);
  const beside = fieldBeside(cube, silhouette, solid, truncation);
  const distances = carved(hull, body, solid, level).map((value, i) => Math.min(level + (beside?.[i] ?? 1), value));
  // What was generated may lie elsewhere than all that the silhouette allows.
  if (!distances.some((value) => value < level)) return undefined;
  return { distances, symmetry: { kind: 'revolution', axis } };
}

/** The hull without the hollows of the body, both even about the axis: what is as wide as its silhouette has a wall around them. */
function carved(
  hull: Float32Array,
  body: Float32Array,
  { axis, radii, asWide }: Revolved,
  level: number,
): Float32Array {
  const resolution = radii.length;
  const wall = new Float32Array(resolution).fill(-1);
  eachVoxel(resolution, axis, (i, j, far) => {
    if (hull[i] < 0 && body[i] - HOLLOW < level) wall[j] = Math.max(wall[j], far);
  });
  const result = hull.map((value) => level + value);
  eachVoxel(resolution, axis, (i, j, far) => {
    if (asWide[j] === 0 || far < wall[j]) result[i] = Math.max(result[i], body[i] - HOLLOW);
  });
  return result;
}

/** The share of the solid's silhouette that is neither seen nor known to be free. */
function hiddenShare({ covered }: Revolved, { seen, free }: Silhouette): number {
  let [hidden, all] = [0, 0];
  for (let i = 0; i < covered.data.length; i++) {
    if (covered.data[i] === 0) continue;
    all++;
    if (seen.data[i] === 0 && free.data[i] === 0) hidden++;
  }
  return all === 0 ? 0 : hidden / all;
}

function boxSolid(
  { cube, resolution, truncation, level }: MadeField,
  silhouette: Silhouette,
  front: number,
): WholeShape | undefined {
  const box = fitUprightBox(cube, silhouette, front);
  if (box === undefined || box.overlap < BOX_BY_LOOKS) return undefined;
  const { center, turn } = box;
  const planes = [-turn, Math.PI / 2 - turn].map((angle) => ({
    angle,
    offset: Math.cos(angle) * center[0] + Math.sin(angle) * center[2],
  }));
  return {
    distances: boxField(box, resolution, truncation).map((value) => level + value),
    symmetry: { kind: 'mirror', planes },
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
