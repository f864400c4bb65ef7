/** Which way is up, for depth models that do not say. */
import type { Vec3 } from '@scenemaker/sdk';
import { findGround } from './ground.js';
import { emptyMask } from './mask-ops.js';
import type { Intrinsics } from './stage.js';

/** A camera that nobody knows is taken to look down by so much; the ground may tilt from there by `MAX_TILT`. */
const USUAL_PITCH = (25 * Math.PI) / 180;
const MAX_TILT = (45 * Math.PI) / 180;
/** How far ground may lie off its plane, as a share of the median depth. */
const TOLERANCE = 0.02;

/**
 * The unit vector against gravity, camera frame: away from the largest plane that a camera held upright could see below
 * it; without one, as for a camera that looks down as usual.
 * @param depth z for each pixel, NaN where there is none.
 */
export function upFromDepth(
  depth: Float32Array,
  intrinsics: Intrinsics,
  { width, height }: { width: number; height: number },
  seed: number,
): Vec3 {
  const usual: Vec3 = [0, -Math.cos(USUAL_PITCH), -Math.sin(USUAL_PITCH)];
  const ground = findGround({
    depth,
    intrinsics,
    objects: emptyMask(width, height),
    objectPoints: [],
    up: usual,
    maxTilt: MAX_TILT,
    tolerance: TOLERANCE,
    seed,
  });
  return ground?.up ?? usual;
}
