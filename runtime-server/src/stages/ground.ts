/**
 * The plane that the objects stand on, from the points that belong to no object.
 *
 * A picture often shows several level planes (floor and table top) and walls. Planes near the direction
 * against gravity are taken one after the other; the one closest under the objects wins.
 */
import { fitPlane, type Vec3, vec3 } from '@scenemaker/sdk';
import { inOrder } from './order.js';
import type { Intrinsics, Mask } from './stage.js';

export interface GroundInput {
  /** z for each pixel, NaN or <= 0 where there is none. */
  depth: Float32Array;
  intrinsics: Intrinsics;
  /** All objects' pixels. */
  objects: Mask;
  /** Observed points of each object, camera frame, stride 3. */
  objectPoints: readonly Float32Array[];
  /** Whether the picture shows where each object ends below; absent: all of them do. */
  feetSeen?: readonly boolean[];
  /** Unit vector against gravity, camera frame. */
  up: Vec3;
  /** How far `up` may be off, radians. */
  maxTilt: number;
  /** How far a ground point may lie off the plane, as a share of the median depth. */
  tolerance: number;
  seed: number;
}

export interface GroundPlane {
  /** Unit vector away from the ground, camera frame. */
  up: Vec3;
  /** Height of the camera over the plane, in the units of the depth. */
  cameraHeight: number;
  /** Share of the points outside the objects that lie on the plane, 0 to 1. */
  confidence: number;
  /** Whether objects whose foot is seen stand on it, or most of them do. */
  isStoodOn: boolean;
  /** Pixel numbers that were looked at and lie on the plane. */
  pixels: Uint32Array;
}

const MOST_POINTS = 6000;
const MOST_PLANES = 3;
/** A plane that explains less than this share of the points is not the ground. */
const LEAST_SHARE = 0.08;
/** A plane is just under an object up to so many times the tolerance. */
const JUST_UNDER = 3;
/** What rises less over the ground, as a share of its extent, lies flat; of plates and books in 24 scenes the least was 0.07. */
const FLAT = 0.02;
/** Quantiles of the heights that tell where a thing stands and how high it rises. */
const LOW = 0.02;
const HIGH = 0.9;

/** Undefined when no level plane is seen below the camera. */
export function findGround(input: GroundInput): GroundPlane | undefined {
  let { pixels, points } = groundCandidates(input);
  const total = pixels.length;
  if (total < 30) return undefined;
  const depths = Float32Array.from(pixels, (pixel) => input.depth[pixel]);
  const tolerance = input.tolerance * inOrder(depths, depths.length >> 1);
  const feet = input.objectPoints.filter((points, i) => points.length > 0 && input.feetSeen?.[i] !== false);
  const found: (GroundPlane & { misfit: number })[] = [];
  for (let round = 0; round < MOST_PLANES && pixels.length >= 30; round++) {
    const plane = fitPlane(points, {
      tolerance,
      seed: input.seed + round,
      towards: input.up,
      maxTiltRadians: input.maxTilt,
    });
    if (plane === null) break;
    const inside = pixels.filter((_, i) => plane.inliers[i] === 1);
    const confidence = inside.length / total;
    if (confidence < LEAST_SHARE) break;
    const cameraHeight = -plane.offset;
    if (cameraHeight > 0) {
      const misfit = supportMisfit(input, plane.normal, cameraHeight) / tolerance;
      const isStoodOn =
        feet.length > 0 && supportMisfit({ objectPoints: feet }, plane.normal, cameraHeight) <= JUST_UNDER * tolerance;
      found.push({ up: plane.normal, cameraHeight, confidence, isStoodOn, pixels: inside, misfit });
    }
    points = points.filter((_, i) => plane.inliers[Math.floor(i / 3)] === 0);
    pixels = pixels.filter((_, i) => plane.inliers[i] === 0);
  }
  // A plane just under the objects beats a larger one far from them; among equals the larger one wins.
  found.sort((a, b) => Math.max(JUST_UNDER, a.misfit) - Math.max(JUST_UNDER, b.misfit) || b.confidence - a.confidence);
  if (found.length === 0) return undefined;
  const [{ misfit: _, ...best }] = found;
  return best;
}

/** Height of a camera-frame point over the plane. */
export function heightOver({ up, cameraHeight }: Pick<GroundPlane, 'up' | 'cameraHeight'>, point: Vec3): number {
  return vec3.dot(up, point) + cameraHeight;
}

/** Mean colour of `pixels`, sRGB 0 to 255. */
export function meanColor(picture: { data: Uint8Array }, pixels: Uint32Array): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (const pixel of pixels) {
    for (let channel = 0; channel < 3; channel++) sum[channel] += picture.data[3 * pixel + channel];
  }
  const count = Math.max(1, pixels.length);
  return [Math.round(sum[0] / count), Math.round(sum[1] / count), Math.round(sum[2] / count)];
}

/** Pixels outside the objects with a depth, evenly thinned out, and their camera-frame points. */
function groundCandidates({ depth, intrinsics, objects }: GroundInput): { pixels: Uint32Array; points: Float32Array } {
  const { width, height } = objects;
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / (2 * MOST_POINTS))));
  const pixels: number[] = [];
  for (let y = step >> 1; y < height; y += step) {
    for (let x = step >> 1; x < width; x += step) {
      const i = y * width + x;
      if (objects.data[i] === 0 && depth[i] > 0) pixels.push(i);
    }
  }
  const points = new Float32Array(3 * pixels.length);
  pixels.forEach((pixel, k) => {
    const z = depth[pixel];
    points[3 * k] = (((pixel % width) + 0.5 - intrinsics.cx) / intrinsics.fx) * z;
    points[3 * k + 1] = ((Math.floor(pixel / width) + 0.5 - intrinsics.cy) / intrinsics.fy) * z;
    points[3 * k + 2] = z;
  });
  return { pixels: Uint32Array.from(pixels), points };
}

/** Median over the objects of how far their lowest seen points lie from the plane; what is hidden may reach down to it. */
function supportMisfit(
  { objectPoints, feetSeen }: Pick<GroundInput, 'objectPoints' | 'feetSeen'>,
  up: Vec3,
  cameraHeight: number,
): number {
  const misfits = objectPoints
    .map((points, i) => {
      if (points.length === 0) return NaN;
      const height = heightQuantile(points, up, LOW) + cameraHeight;
      return feetSeen?.[i] === false ? Math.max(0, -height) : Math.abs(height);
    })
    .filter((misfit) => !Number.isNaN(misfit))
    .sort((a, b) => a - b);
  return misfits.length === 0 ? 0 : misfits[(misfits.length - 1) >> 1];
}

/**
 * The plane, or where most objects are seen below it one as far down as the lowest of them: nothing is seen below the
 * ground. `tolerance` as a distance.
 */
export function belowObjects(
  plane: GroundPlane,
  objectPoints: readonly Float32Array[],
  tolerance: number,
): GroundPlane {
  const { up, cameraHeight } = plane;
  const lowest = objectPoints
    .filter((points) => points.length > 0)
    .map((points) => heightQuantile(points, up, LOW) + cameraHeight)
    .sort((a, b) => a - b);
  const isBelowMost = lowest.length === 0 || lowest[lowest.length >> 1] >= -tolerance;
  return isBelowMost ? plane : { ...plane, cameraHeight: cameraHeight - lowest[0] };
}

/** Whether what was seen of a thing rises no higher over the ground than a pattern or a shadow on it does. */
export function liesFlat({ up, cameraHeight }: GroundPlane, points: Float32Array): boolean {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    low[i % 3] = Math.min(low[i % 3], points[i]);
    high[i % 3] = Math.max(high[i % 3], points[i]);
  }
  const sides = high.map((most, axis) => most - low[axis]);
  return heightQuantile(points, up, HIGH) + cameraHeight < FLAT * Math.hypot(...sides);
}

function heightQuantile(points: Float32Array, up: Vec3, share: number): number {
  const heights = new Float32Array(points.length / 3);
  for (let i = 0; i < heights.length; i++) {
    heights[i] = up[0] * points[3 * i] + up[1] * points[3 * i + 1] + up[2] * points[3 * i + 2];
  }
  return inOrder(heights, Math.floor(share * heights.length));
}
