/** What is computed around a model that generates shapes: what it is told of an object, and the mesh in its field. */
import { connectParts, fieldToMesh, GENERATE_OPTIONS_DEFAULTS, refineField, sampleColors } from '@scenemaker/sdk';
import { type Tensor, tensor, zeros } from '../models/tensor.js';
import { completeObserved } from './complete-observed.js';
import { fuseObserved } from './fuse-observed.js';
import { latentLift, observedField, type ObservedFieldOptions, splatPoints } from './observed-field.js';
import { plane, premultipliedPlanes, resample, resampleMask, windowRect } from './picture-ops.js';
import { type MadeField, pointsOnSurface, simpleSolid, type WholeShape, type WindowView } from './simple-solid.js';
import { finishShape, rectIn, wholeObjectWindow } from './shape-finish.js';
import type { ShapeInput, ShapeOutput, Window } from './stage.js';
import { type ShapeGrid, shapeGrid } from './shape-grid.js';
import { findSymmetry } from './symmetry.js';
import { cameraToCube, type ObjectCube, objectCube, pointsToCamera } from './upright.js';

/** The latent has so many cells along each side. */
export const LATENT_SIDE = 8;
/** Parts below this share of the largest part's volume are dropped. */
const SMALLEST_PART = 0.02;
/** The surface that was seen is finer than the generated field, so many times along a side. */
const DETAIL = 2;
/** About so many of the points that were seen tell of a symmetry. */
const SAMPLED = 150;
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
  const { resolution, pictureSize: size, truncation, estimatedTrust } = settings;
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
      : observe(lookAt(input, window, size), cube, { resolution, truncation, trust: measured ? 1 : estimatedTrust });
  return { window, cube, feeds: { picture, lift, observed } };
}

function lookAt(input: ShapeInput, window: Window, size: number): WindowView {
  const { object, intrinsics, points, free } = input;
  const depth = splatPoints(points, window, intrinsics, size);
  const alpha = (): Float32Array =>
    plane(resample(premultipliedPlanes(object), rectIn(object, input.window, window), size, size, 0), 3);
  // Without a point all is taken for seen that is believed to be there.
  const isSeen = points.length > 0 ? depth.map((z) => (z > 0 ? 1 : 0)) : alpha().map((value) => (value > 0.5 ? 1 : 0));
  return {
    window,
    intrinsics,
    size,
    depth,
    seen: { width: size, height: size, data: Uint8Array.from(isSeen) },
    free: free && resampleMask(free, windowRect(window), size, size),
  };
}

const observe = (
  { window, intrinsics, depth, free }: WindowView,
  cube: ObjectCube,
  options: ObservedFieldOptions,
): Tensor => observedField(cube, window, intrinsics, depth, free, options);

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
  const made: MadeField = {
    ...grid,
    level,
    generated: refineField(grid.generated, grid.resolution, DETAIL),
    resolution: fine,
  };
  const view = lookAt(input, window, DETAIL * settings.pictureSize);
  const seen = samplePoints(input.points, grid.cube);
  const solid = input.measured && seen.length > 0 ? undefined : simpleSolid(made, view, seen, input.solids);
  const { distances, symmetry } = solid ?? seenShape(made, grid, view, seen, input.measured);
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
  const positions = pointsToCamera(grid.cube, mesh.positions);
  const shape = finishShape(mesh, grid.cube, window, input, symmetry);
  return solid && seen.length > 0
    ? { ...shape, points: pointsOnSurface(input.points, view, { ...mesh, positions }) }
    : shape;
}

/** The generated field, made to agree with what was seen and with what a symmetry tells of the rest. */
function seenShape(
  { cube, generated, resolution, truncation, level }: MadeField,
  coarse: ShapeGrid,
  view: WindowView,
  points: Float32Array,
  measured: boolean,
): WholeShape {
  const observed = observe(view, cube, { resolution, truncation, trust: 1 });
  const symmetry = findSymmetry({
    points,
    observed,
    generated: coarse.generated,
    resolutions: { observed: resolution, generated: coarse.resolution },
    truncation,
    level,
  });
  const told = symmetry ? completeObserved(observed, resolution, symmetry) : observed;
  return { distances: fuseObserved(generated, told, { resolution, truncation, level, measured }), symmetry };
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
