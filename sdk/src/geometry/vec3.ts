/** Three-component vectors. For clarity off the hot paths; loops over meshes work on typed arrays. */
import type { Vec3 } from './mesh.js';

export const ZERO: Vec3 = [0, 0, 0];
export const UP: Vec3 = [0, 1, 0];

export const add = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

export const sub = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

export const scale = (a: Vec3, factor: number): Vec3 => [a[0] * factor, a[1] * factor, a[2] * factor];

/** a + b * factor */
export const addScaled = (a: Vec3, b: Vec3, factor: number): Vec3 => [
  a[0] + b[0] * factor,
  a[1] + b[1] * factor,
  a[2] + b[2] * factor,
];

export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export const length = (a: Vec3): number => Math.hypot(a[0], a[1], a[2]);

export const distance = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** The unit vector along `a`, or `fallback` where `a` has no direction. */
export function normalize(a: Vec3, fallback: Vec3 = UP): Vec3 {
  const norm = length(a);
  return norm > 0 && Number.isFinite(norm) ? scale(a, 1 / norm) : fallback;
}

export const lerp = (a: Vec3, b: Vec3, t: number): Vec3 => addScaled(a, sub(b, a), t);

/** Some unit vector at a right angle to the unit vector `a`; always the same one. */
export function perpendicular(a: Vec3): Vec3 {
  const axis: Vec3 = Math.abs(a[0]) < 0.6 ? [1, 0, 0] : [0, 1, 0];
  return normalize(cross(a, axis));
}

/** Vertex `index` of a stride-3 array. */
export const at = (array: ArrayLike<number>, index: number): Vec3 => [
  array[3 * index],
  array[3 * index + 1],
  array[3 * index + 2],
];

export const isFinite = (a: Vec3): boolean => Number.isFinite(a[0]) && Number.isFinite(a[1]) && Number.isFinite(a[2]);
