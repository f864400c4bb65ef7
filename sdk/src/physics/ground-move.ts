/** Similarities that keep the ground: what stands on it stands on it as before. */
import { quat, vec3, type Vec3 } from '../geometry/index.js';
import type { Pose } from '../scene/index.js';

export interface GroundMove {
  /** Along the ground, metres. */
  by: Vec3;
  /** About the vertical, radians. */
  turn: number;
  /** By which sizes are multiplied. */
  factor: number;
}

export const UNMOVED: GroundMove = { by: vec3.ZERO, turn: 0, factor: 1 };

/** A pose turned and resized about a point of the ground, and then moved. */
export function movedOnGround({ rotation, translation, size }: Pose, pivot: Vec3, move: GroundMove): Pose {
  const turn = quat.fromAxisAngle(vec3.UP, move.turn);
  const arm = quat.rotate(turn, vec3.sub(translation, pivot));
  return {
    rotation: quat.normalize(quat.multiply(turn, rotation)),
    translation: vec3.addScaled(vec3.add(pivot, move.by), arm, move.factor),
    size: size * move.factor,
  };
}
