/**
 * From SceneMaker's world to Babylon's, in scenes of either hand.
 *
 *   SceneMaker, and Babylon with        Babylon as it comes:
 *   `useRightHandedSystem`: y up        left-handed, y up
 *
 *          y                                   y   z
 *          |                                   |  /
 *          o-- x                               | /
 *         /                                    o-- x
 *        z
 *
 * The left-handed scene is the mirror image in z, and is seen from the mirrored place: on the screen both look the
 * same, so triangles keep their order of corners.
 */
import { Quaternion, Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import type { Quat, Vec3 } from '../geometry/index.js';

export interface Frame {
  readonly rightHanded: boolean;
  point(p: Vec3): Vector3;
  rotation(q: Quat): Quaternion;
  /** For turn speeds, whose sense a mirror changes. */
  spin(angular: Vec3): Vector3;
  /** A fresh array, stride 3; for normals too. */
  points(positions: Float32Array): Float32Array;
}

export function createFrame(rightHanded: boolean): Frame {
  const z = rightHanded ? 1 : -1;
  return {
    rightHanded,
    point: (p) => new Vector3(p[0], p[1], z * p[2]),
    // Mirroring in z turns the axis round but for its z, and the sense of the turn.
    rotation: (q) => new Quaternion(z * q[0], z * q[1], q[2], q[3]),
    spin: (v) => new Vector3(z * v[0], z * v[1], v[2]),
    points: (positions) => positions.map((value, i) => (i % 3 === 2 ? z * value : value)),
  };
}
