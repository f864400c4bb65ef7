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
  // Provisional labels, and for each one a lower one of the same surface, or itself (Rosenfeld and Pfaltz, 1966).
  const parents = new Int32Array(labels.length + 1);
  let used = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (isOff[i] === 0) continue;
      const isLeft = x > 0 && isOff[i - 1] !== 0 && !isStep(depth[i], depth[i - 1], step);
      const isAbove = y > 0 && isOff[i - width] !== 0 && !isStep(depth[i], depth[i - width], step);
      if (isLeft) labels[i] = labels[i - 1];
      else if (isAbove) labels[i] = labels[i - width];
      else parents[(labels[i] = ++used)] = used;
      if (isLeft && isAbove && labels[i - 1] !== labels[i - width]) join(parents, labels[i - 1], labels[i - width]);
    }
  }
  // Numbered by where they begin.
  const numbers = new Int32Array(used + 1);
  const areas: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 0) continue;
    const root = rootOf(parents, labels[i]);
    if (numbers[root] === 0) numbers[root] = areas.push(0);
    labels[i] = numbers[root];
    areas[labels[i] - 1]++;
  }
  return { labels, areas, step };
}

function rootOf(parents: Int32Array, label: number): number {
  let root = label;
  while (parents[root] !== root) root = parents[root] = parents[parents[root]];
  return root;
}

function join(parents: Int32Array, a: number, b: number): void {
  const [rootA, rootB] = [rootOf(parents, a), rootOf(parents, b)];
  parents[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
}

/** Whether a surface ends between neighbours at these depths. */
export const isStep = (a: number, b: number, step: number): boolean => Math.abs(a - b) > step * Math.min(a, b);

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
