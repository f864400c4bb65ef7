/** What is computed around a model that generates shapes: what it is told of an object, and the mesh in its field. */
import { connectParts, fieldToMesh, GENERATE_OPTIONS_DEFAULTS, refineField, sampleColors } from '@scenemaker/sdk';
import { rasteriseDepth } from '@scenemaker/sdk/render';
import { type Tensor, tensor, zeros } from '../models/tensor.js';
import { completeObserved } from './complete-observed.js';
import { fuseObserved } from './fuse-observed.js';
import { latentLift, observedField, splatPoints } from './observed-field.js';
import { premultipliedPlanes, resample, resampleMask, windowRect } from './picture-ops.js';
import { revolveSilhouette } from './revolved.js';
import { evenedOut, revolvedField } from './revolved-field.js';
import { finishShape, rectIn, wholeObjectWindow } from './shape-finish.js';
import type { ShapeInput, ShapeOutput, Window } from './stage.js';
import { type ShapeGrid, shapeGrid } from './shape-grid.js';
import { findSymmetry, type Symmetry } from './symmetry.js';
import {
  cameraToCube,
  median,
  pointsToCamera,
  type ObjectCube,
  objectCube,
  projectPoint,
  windowIntrinsics,
} from './upright.js';

/** The latent has so many cells along each side. */
export const LATENT_SIDE = 8;
/** Parts below this share of the largest part's volume are dropped. */
const SMALLEST_PART = 0.02;
/** The surface that was seen is finer than the generated field, so many times along a side. */
const DETAIL = 2;
/** About so many of the points that were seen tell of a symmetry. */
const SAMPLED = 150;
/** What is round covers so much of its silhouette. */
const ROUND = 0.99;
/** What was generated must lie so far within that of a round body to say that this is hollow; 1 is the truncation. */
const HOLLOW = 0.5;
/** Pixels along a side of the window in which a surface is looked at. */
const SURFACE_SIZE = 128;
/** Half the thickness of what joins parts, cells of the generated field. */
const NECK = 1.25;

export interface ShapeFieldSettings {
  /** Voxels along a side of the field. */
  resolution: number;
  /** Side of the picture that the condition reads, pixels. */
  pictureSize: number;
  /** The distance that is 1 in the field, in half sides of the cube. */
  truncation: number;
  /** How far a surface of estimated depth is known to the condition, where a measured one is 1. */
  estimatedTrust: number;
  /** Where in the field the surface lies; above 0 makes up for parts that come out thin. */
  level: number;
}

export interface ObservedShape {
  /** The whole object's (`wholeObjectWindow`). */
  window: Window;
  cube: ObjectCube;
  feeds: Record<'picture' | 'lift' | 'observed', Tensor>;
}

/** Throws a RangeError when the picture shows nothing. */
export function observeShape(input: ShapeInput, settings: ShapeFieldSettings): ObservedShape {
  const { object, intrinsics, up, points, measured } = input;
  const { resolution, pictureSize: size, estimatedTrust } = settings;
  const window = wholeObjectWindow(object, input.window);
  const cube = objectCube(window, intrinsics, up, points);
  const planes = resample(premultipliedPlanes(object), rectIn(object, input.window, window), size, size, 0);
  const picture = tensor(
    planes.data.map((value) => 2 * value - 1),
    [1, 4, size, size],
  );
  const lift = latentLift(cube, window, intrinsics, LATENT_SIDE);
  // The model has learnt to bear that nothing is known, not that the silhouette alone is.
  const observed =
    points.length === 0
      ? zeros([1, 2, resolution, resolution, resolution])
      : observe(input, window, cube, settings, { detail: 1, trust: measured ? 1 : estimatedTrust });
  return { window, cube, feeds: { picture, lift, observed } };
}

/** What was seen, on a grid `detail` times as fine as the generated field. */
function observe(
  { intrinsics, points, free }: ShapeInput,
  window: Window,
  cube: ObjectCube,
  { resolution, pictureSize, truncation }: ShapeFieldSettings,
  { detail, trust }: { detail: number; trust: number },
): Tensor {
  const size = detail * pictureSize;
  const depth = splatPoints(points, window, intrinsics, size);
  const freePixels = free && resampleMask(free, windowRect(window), size, size);
  const options = { resolution: detail * resolution, truncation, trust };
  return observedField(cube, window, intrinsics, depth, freePixels, options);
}

/**
 * The field's surface, finer where the object was seen.
 *
 * @param field [4, R, R, R]: signed distance, and colour. Throws a RangeError when nothing is inside.
 */
export function shapeFromField(
  field: Float32Array,
  { window, cube }: ObservedShape,
  input: ShapeInput,
  settings: ShapeFieldSettings,
): ShapeOutput {
  const { resolution, level } = settings;
  const voxels = resolution ** 3;
  const grid = shapeGrid(field.subarray(0, voxels), cube, input.points, settings);
  const { truncation } = grid;
  const fine = DETAIL * grid.resolution;
  const round = input.measured ? undefined : roundShape(input, window, grid, settings);
  const { distances, symmetry } = round ?? seenShape(input, window, grid, settings);
  // One mask is one body: what came out in parts, a lamp without its stem, is joined.
  const parts = { level, slope: 2 / (fine * truncation), radius: DETAIL * NECK, minPartShare: SMALLEST_PART };
  const mesh = fieldToMesh(connectParts(distances, fine, parts), fine, {
    halfExtent: 1,
    level,
    maxTriangles: input.maxTriangles ?? GENERATE_OPTIONS_DEFAULTS.maxTriangles,
    minPartShare: SMALLEST_PART,
  });
  if (mesh.indices.length === 0) throw new RangeError('the generated field has nothing inside');
  const colorGrid = { resolution, halfExtent: grid.generatorExtent };
  mesh.colors = sampleColors(field.subarray(voxels), colorGrid, mesh.positions);
  const cameraPositions = pointsToCamera(grid.cube, mesh.positions);
  const shape = finishShape(mesh, grid.cube, window, input, symmetry);
  if (round === undefined) return shape;
  return { ...shape, points: pointsOnSurface(input, window, { positions: cameraPositions, indices: mesh.indices }) };
}

interface WholeShape {
  /** `DETAIL` times as fine as the generated field. */
  distances: Float32Array;
  symmetry: Symmetry | undefined;
}

/** The generated field, made to agree with what was seen and with what a symmetry tells of the rest. */
function seenShape(input: ShapeInput, window: Window, grid: ShapeGrid, settings: ShapeFieldSettings): WholeShape {
  const { truncation, generated, resolution } = grid;
  const { level } = settings;
  const fine = DETAIL * resolution;
  const seen = observe(input, window, grid.cube, { ...settings, ...grid }, { detail: DETAIL, trust: 1 });
  const symmetry = findSymmetry({
    points: samplePoints(input.points, grid.cube),
    observed: seen,
    generated,
    resolutions: { observed: fine, generated: resolution },
    truncation,
    level,
  });
  const distances = fuseObserved(
    refineField(generated, resolution, DETAIL),
    symmetry ? completeObserved(seen, fine, symmetry) : seen,
    { resolution: fine, truncation, level, measured: input.measured },
  );
  return { distances, symmetry };
}

/**
 * Estimated depth says next to nothing of how an object bulges. If its silhouette is one that something round and
 * upright has, it is that, and what was generated says only where that is hollow. Undefined for all others.
 */
function roundShape(
  { intrinsics, points, free }: ShapeInput,
  window: Window,
  { cube, generated, resolution, truncation }: ShapeGrid,
  { pictureSize, level }: ShapeFieldSettings,
): WholeShape | undefined {
  const front = median(samplePoints(points, cube).filter((_, i) => i % 3 === 2));
  if (free === undefined || front === undefined) return undefined;
  const size = DETAIL * pictureSize;
  const depth = splatPoints(points, window, intrinsics, size);
  const silhouette = {
    intrinsics: windowIntrinsics(intrinsics, window, size),
    seen: { width: size, height: size, data: Uint8Array.from(depth, (z) => (z > 0 ? 1 : 0)) },
    free: resampleMask(free, windowRect(window), size, size),
  };
  const fine = DETAIL * resolution;
  const solid = revolveSilhouette(cube, silhouette, { front, resolution: fine });
  if (solid.coverage < ROUND) return undefined;
  const { axis } = solid;
  const hull = revolvedField(solid, truncation);
  const body = evenedOut(refineField(generated, resolution, DETAIL), fine, axis);
  return {
    distances: body.map((value, i) => Math.max(level + hull[i], value - HOLLOW)),
    symmetry: { kind: 'revolution', axis },
  };
}

/** The points, along their rays to where the mesh (camera frame) is; those that miss it are left out. */
function pointsOnSurface(
  { points, intrinsics }: ShapeInput,
  window: Window,
  mesh: { positions: Float32Array; indices: Uint32Array },
): Float32Array {
  const view = { ...windowIntrinsics(intrinsics, window, SURFACE_SIZE), width: SURFACE_SIZE, height: SURFACE_SIZE };
  const depth = rasteriseDepth(mesh, view);
  const moved: number[] = [];
  for (let i = 0; i < points.length; i += 3) {
    const [u, v] = projectPoint(view, [points[i], points[i + 1], points[i + 2]]).map(Math.floor);
    const z = u < 0 || v < 0 || u >= view.width || v >= view.height ? Infinity : depth[v * view.width + u];
    if (z < Infinity) moved.push((points[i] / points[i + 2]) * z, (points[i + 1] / points[i + 2]) * z, z);
  }
  return Float32Array.from(moved);
}

/** Some of `points` (camera frame, stride 3), evenly, in cube coordinates. */
function samplePoints(points: Float32Array, cube: ObjectCube): Float32Array {
  const count = points.length / 3;
  const step = Math.max(1, Math.floor(count / SAMPLED));
  const sampled = new Float32Array(3 * Math.ceil(count / step));
  for (let i = 0, to = 0; i < points.length; i += 3 * step, to += 3) {
    sampled.set(cameraToCube(cube, [points[i], points[i + 1], points[i + 2]]), to);
  }
  return sampled;
}
