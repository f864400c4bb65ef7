/** A gripper with two parallel fingers as three boxes, and whether they are in anything's way. */
import { quat, vec3, type Quat, type Vec3 } from '../geometry/index.js';
import { bodyDistance, bottomOf, createBody } from '../physics/collide/body.js';
import { castBody } from '../physics/collide/cast.js';
import type { Collider } from '../scene/index.js';
import type { SceneIndex } from './scene-index.js';

/** Metres. */
export interface Gripper {
  /** Between the fingers, wide open. */
  maxOpening: number;
  /** From the palm to the tips. */
  fingerLength: number;
  /** Across the fingers, and along the way they close. */
  fingerWidth: number;
  fingerThickness: number;
  /** From the middle of the pads, which touch the object, to the tips. */
  padToTip: number;
  /** How thick the palm is along the approach. */
  palmDepth: number;
  /** Room left on either side of the object while the gripper comes in. */
  clearance: number;
  /** The straight way in that must be free. */
  approach: number;
}

/** About the size of common two-finger grippers for table-top arms. */
export const GRIPPER_DEFAULTS: Gripper = {
  maxOpening: 0.08,
  fingerLength: 0.05,
  fingerWidth: 0.02,
  fingerThickness: 0.01,
  padToTip: 0.01,
  palmDepth: 0.06,
  clearance: 0.005,
  approach: 0.1,
};

/** Whether the gripper, opened for the grasp, touches nothing at its place nor on its way there. */
export function fitsGripper(
  { scene: { ground }, bodies }: SceneIndex,
  { rotation, translation, width }: { rotation: Quat; translation: Vec3; width: number },
  gripper: Gripper,
): boolean {
  const opening = Math.min(gripper.maxOpening, width + 2 * gripper.clearance);
  const body = createBody('gripper', gripperShape(gripper, opening), { rotation, translation, size: 1 });
  const forward = quat.rotate(rotation, [0, 0, 1]);
  const back = vec3.scale(forward, -gripper.approach);
  // The way is straight: where both its ends are above the ground, all of it is.
  if (bottomOf(body) + Math.min(0, back[1]) <= ground.height) return false;
  return bodies.every(
    (other) =>
      bodyDistance(body, other, 0) === null && castBody(body, other, forward, gripper.approach, back) === Infinity,
  );
}

/** In the grasp's frame: fingers along z, which close along x. */
function gripperShape(gripper: Gripper, opening: number): Collider[] {
  const { fingerLength, fingerWidth, fingerThickness, padToTip, palmDepth, maxOpening } = gripper;
  const box = (center: Vec3, sides: Vec3): Collider => ({
    kind: 'box',
    center,
    rotation: quat.IDENTITY,
    halfExtents: vec3.scale(sides, 0.5),
  });
  const palmZ = padToTip - fingerLength;
  const finger = (side: number): Collider =>
    box(
      [(side * (opening + fingerThickness)) / 2, 0, padToTip - fingerLength / 2],
      [fingerThickness, fingerWidth, fingerLength],
    );
  return [
    finger(-1),
    finger(1),
    box([0, 0, palmZ - palmDepth / 2], [maxOpening + 2 * fingerThickness, fingerWidth, palmDepth]),
  ];
}
