/** Unit quaternions, x y z w. They turn vectors from a body's frame to the frame it is given in. */
import type { Mat3, Quat, Vec3 } from './mesh.js';
import * as vec3 from './vec3.js';

export const IDENTITY: Quat = [0, 0, 0, 1];

/** First `b`, then `a`. */
export const multiply = (a: Quat, b: Quat): Quat => [
  a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1],
  a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0],
  a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3],
  a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2],
];

export const conjugate = (q: Quat): Quat => [-q[0], -q[1], -q[2], q[3]];

/** Scaled to unit length; the identity where that is impossible. */
export function normalize(q: Quat): Quat {
  const norm = Math.hypot(q[0], q[1], q[2], q[3]);
  return norm > 0 && Number.isFinite(norm) ? [q[0] / norm, q[1] / norm, q[2] / norm, q[3] / norm] : IDENTITY;
}

/** `q` applied to `v`. */
export function rotate(q: Quat, v: Vec3): Vec3 {
  const tx = 2 * (q[1] * v[2] - q[2] * v[1]);
  const ty = 2 * (q[2] * v[0] - q[0] * v[2]);
  const tz = 2 * (q[0] * v[1] - q[1] * v[0]);
  return [
    v[0] + q[3] * tx + q[1] * tz - q[2] * ty,
    v[1] + q[3] * ty + q[2] * tx - q[0] * tz,
    v[2] + q[3] * tz + q[0] * ty - q[1] * tx,
  ];
}

/** A turn by `radians` about the unit vector `axis`. */
export function fromAxisAngle(axis: Vec3, radians: number): Quat {
  const sine = Math.sin(radians / 2);
  return [axis[0] * sine, axis[1] * sine, axis[2] * sine, Math.cos(radians / 2)];
}

/** The shortest turn that takes the unit vector `from` to the unit vector `to`. */
export function between(from: Vec3, to: Vec3): Quat {
  const cosine = vec3.dot(from, to);
  if (cosine < -0.999999) return fromAxisAngle(vec3.perpendicular(from), Math.PI);
  const axis = vec3.cross(from, to);
  return normalize([axis[0], axis[1], axis[2], 1 + cosine]);
}

/** The angle of the turn from `a` to `b`, 0 to pi. `q` and `-q` are the same turn. */
export function angleBetween(a: Quat, b: Quat): number {
  const turn = multiply(conjugate(a), b);
  return 2 * Math.atan2(Math.hypot(turn[0], turn[1], turn[2]), Math.abs(turn[3]));
}

export function toMat3(q: Quat): Mat3 {
  const [x, y, z, w] = q;
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - z * w),
    2 * (x * z + y * w),
    2 * (x * y + z * w),
    1 - 2 * (x * x + z * z),
    2 * (y * z - x * w),
    2 * (x * z - y * w),
    2 * (y * z + x * w),
    1 - 2 * (x * x + y * y),
  ];
}

/** The quaternion of a rotation matrix (row-major, determinant +1); w is never negative. */
export function fromMat3(m: Mat3): Quat {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = m;
  const trace = xx + yy + zz;
  let q: Quat;
  if (trace > 0) {
    const s = 2 * Math.sqrt(1 + trace);
    q = [(zy - yz) / s, (xz - zx) / s, (yx - xy) / s, s / 4];
  } else if (xx > yy && xx > zz) {
    const s = 2 * Math.sqrt(1 + xx - yy - zz);
    q = [s / 4, (xy + yx) / s, (xz + zx) / s, (zy - yz) / s];
  } else if (yy > zz) {
    const s = 2 * Math.sqrt(1 + yy - xx - zz);
    q = [(xy + yx) / s, s / 4, (yz + zy) / s, (xz - zx) / s];
  } else {
    const s = 2 * Math.sqrt(1 + zz - xx - yy);
    q = [(xz + zx) / s, (yz + zy) / s, s / 4, (yx - xy) / s];
  }
  const unit = normalize(q);
  return unit[3] < 0 ? [-unit[0], -unit[1], -unit[2], -unit[3]] : unit;
}

/** What a rotation turns x, y and z to. */
export function axes(q: Quat): [Vec3, Vec3, Vec3] {
  const m = toMat3(q);
  return [
    [m[0], m[3], m[6]],
    [m[1], m[4], m[7]],
    [m[2], m[5], m[8]],
  ];
}
