/** 3 x 3 matrices, row-major. */
import type { Mat3, Quat, Vec3 } from './mesh.js';
import * as quat from './quat.js';

export const IDENTITY: Mat3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

export function multiply(a: Mat3, b: Mat3): Mat3 {
  const entry = (row: number, column: number): number =>
    a[3 * row] * b[column] + a[3 * row + 1] * b[column + 3] + a[3 * row + 2] * b[column + 6];
  return [
    entry(0, 0),
    entry(0, 1),
    entry(0, 2),
    entry(1, 0),
    entry(1, 1),
    entry(1, 2),
    entry(2, 0),
    entry(2, 1),
    entry(2, 2),
  ];
}

export const transpose = (m: Mat3): Mat3 => [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];

export const apply = (m: Mat3, v: Vec3): Vec3 => [
  m[0] * v[0] + m[1] * v[1] + m[2] * v[2],
  m[3] * v[0] + m[4] * v[1] + m[5] * v[2],
  m[6] * v[0] + m[7] * v[1] + m[8] * v[2],
];

export const determinant = (m: Mat3): number =>
  m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);

export interface SymmetricEigen {
  /** Ascending. */
  values: Vec3;
  /** Turns the eigenvectors' frame (x: the first value's) to the frame the matrix is given in. */
  rotation: Quat;
}

/** Eigenvalues and a right-handed frame of eigenvectors of a symmetric matrix, by Jacobi rotations. */
export function eigenSymmetric(matrix: Mat3): SymmetricEigen {
  const a = [...matrix];
  const v = [...IDENTITY] as number[];
  const size = Math.max(...a.map(Math.abs));
  // Ten sweeps are twice what the quadratic convergence of a 3 x 3 matrix needs.
  for (let sweep = 0; sweep < 10; sweep++) {
    if (Math.abs(a[1]) + Math.abs(a[2]) + Math.abs(a[5]) <= 1e-15 * size) break;
    for (const [p, q] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      rotateAway(a, v, p, q);
  }
  const order = [0, 1, 2].sort((i, j) => a[4 * i] - a[4 * j]);
  const column = (k: number): Vec3 => [v[order[k]], v[3 + order[k]], v[6 + order[k]]];
  const [x, y] = [column(0), column(1)];
  // The cross product keeps the frame right-handed whatever the order of the values.
  const z: Vec3 = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]];
  return {
    values: [a[4 * order[0]], a[4 * order[1]], a[4 * order[2]]],
    rotation: quat.fromMat3([x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2], z[2]]),
  };
}

/** One Jacobi rotation: zeroes entry (p, q) of `a` and gathers the rotation in `v`. */
function rotateAway(a: number[], v: number[], p: number, q: number): void {
  const apq = a[3 * p + q];
  if (apq === 0) return;
  const theta = (a[4 * q] - a[4 * p]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < 3; k++) {
    const kp = a[3 * k + p];
    const kq = a[3 * k + q];
    a[3 * k + p] = c * kp - s * kq;
    a[3 * k + q] = s * kp + c * kq;
  }
  for (let k = 0; k < 3; k++) {
    const pk = a[3 * p + k];
    const qk = a[3 * q + k];
    a[3 * p + k] = c * pk - s * qk;
    a[3 * q + k] = s * pk + c * qk;
    const vp = v[3 * k + p];
    const vq = v[3 * k + q];
    v[3 * k + p] = c * vp - s * vq;
    v[3 * k + q] = s * vp + c * vq;
  }
}
