/**
 * Surfaces in a measured depth map: pixels off the ground that go over into one another without a step.
 *
 * An object that touches none is one surface, or a few where something stands before it; a wall is one, too.
 */
import type { GroundPlane } from './ground.js';
import type { Intrinsics } from './stage.js';
import { median } from './order.js';

export interface MeasuredDepth {
  /** z of each pixel, row by row, NaN where there is none. */
  depth: Float32Array;
  width: number;
  height: number;
  intrinsics: Intrinsics;
}

export interface Surfaces {
  /** Of each pixel: 0 on the ground and without a depth, else 1 to `areas.length`. */
  labels: Int32Array;
  /** Pixels of surface i + 1. */
  areas: number[];
  /** Neighbours whose depths differ by a larger share of the lesser one are not connected. */
  step: number;
}

/** Over one pixel a surface goes back by no more than this many times the pixel's width. */
const STEEPEST = 8;
/** So many standard deviations of noise are no step, and no height. */
const SCATTER = 4;
/** What rises less over the ground, as a share of its depth, is not told from it. */
const LEAST_HEIGHT = 0.004;
/** So many times as far below a plane the ground is not flat enough for it. */
const SINKS = 3;
/** So many readings tell the noise. */
const READINGS = 20_000;
/** Of what is normally distributed: standard deviation over median absolute deviation. */
const DEVIATION = 1 / 0.6745;

/** Without `ground` nothing is taken for ground. */
export function surfacesOf(scene: MeasuredDepth, ground: GroundPlane | undefined): Surfaces {
  const { depth, width, height, intrinsics } = scene;
  const noise = SCATTER * depthNoise(depth, width);
  const step = STEEPEST / intrinsics.fx + noise;
  const isOff = offGround(scene, ground, Math.max(LEAST_HEIGHT, noise));
  const labels = new Int32Array(width * height);
  const areas: number[] = [];
  // Each pixel is put on it once.
  const stack = new Int32Array(labels.length);
  for (let seed = 0; seed < labels.length; seed++) {
    if (isOff[seed] === 0 || labels[seed] !== 0) continue;
    const label = areas.length + 1;
    let area = 0;
    let waiting = 1;
    labels[seed] = label;
    stack[0] = seed;
    while (waiting > 0) {
      const i = stack[--waiting];
      area++;
      const x = i % width;
      for (let side = 0; side < 4; side++) {
        if (side === 0 ? x === 0 : side === 1 && x === width - 1) continue;
        const k = side < 2 ? i + 2 * side - 1 : i + (2 * side - 5) * width;
        if (k < 0 || k >= labels.length || isOff[k] === 0 || labels[k] !== 0) continue;
        if (isStep(depth[i], depth[k], step)) continue;
        labels[k] = label;
        stack[waiting++] = k;
      }
    }
    areas.push(area);
  }
  return { labels, areas, step };
}

/** Whether a surface ends between neighbours at these depths. */
export const isStep = (a: number, b: number, step: number): boolean => Math.abs(a - b) > step * Math.min(a, b);

/** The pixels that share an edge with pixel `i`. */
export function forNeighbours(i: number, width: number, height: number, visit: (neighbour: number) => void): void {
  const x = i % width;
  if (x > 0) visit(i - 1);
  if (x < width - 1) visit(i + 1);
  if (i >= width) visit(i - width);
  if (i < width * (height - 1)) visit(i + width);
}

/**
 * Standard deviation of the readings as a share of the depth, from how much they differ from the mean of their
 * neighbours in the row, which slopes do not change.
 */
export function depthNoise(depth: Float32Array, width: number): number {
  const bends: number[] = [];
  const every = Math.max(1, Math.floor(depth.length / READINGS));
  for (let i = 1; i < depth.length - 1; i += every) {
    const x = i % width;
    const bend = Math.abs(depth[i - 1] - 2 * depth[i] + depth[i + 1]) / depth[i];
    if (x > 0 && x < width - 1 && Number.isFinite(bend)) bends.push(bend);
  }
  return ((median(Float32Array.from(bends)) ?? 0) * DEVIATION) / Math.sqrt(6);
}

/** 1 where something is measured that is not the ground: higher by more than `band` times its depth, or far lower. */
function offGround(
  { depth, width, height, intrinsics: { fx, fy, cx, cy } }: MeasuredDepth,
  ground: GroundPlane | undefined,
  band: number,
): Uint8Array {
  const [right, down, forward] = ground?.up ?? [0, 0, 0];
  const cameraHeight = ground?.cameraHeight ?? Infinity;
  const isOff = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const z = depth[i];
      const along = (right * (x + 0.5 - cx)) / fx + (down * (y + 0.5 - cy)) / fy + forward;
      const above = along + cameraHeight / z;
      if (z > 0 && (above > band || above < -SINKS * band)) isOff[i] = 1;
    }
  }
  return isOff;
}
