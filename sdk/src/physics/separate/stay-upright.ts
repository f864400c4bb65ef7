/** A body that nearly stands on a flat face is put flat on it. */
import { quat, vec3, type Vec3 } from '../../geometry/index.js';
import { poseOf, turnBody, type Body } from '../collide/body.js';
import { restingFaces } from '../repair/resting-face.js';
import type { Silhouette } from '../silhouette.js';

/** Poses are estimated to a few degrees; a lean greater than this was meant. */
const MAX_LEAN_RADIANS = (15 * Math.PI) / 180;
/** Less of its outline than this is no flat face: round things lean as they like. */
const MIN_FLATNESS = 0.3;
/** Where the picture shows so much less of the body upright, it does lean. */
const MAX_LOSS = 0.03;

/**
 * Turns the body by the least angle that lays a flat face on the horizontal, if its centre of mass is then
 * above the face, and the picture does not show that it leans. Returns the angle, 0 when nothing was done.
 *
 * @param centerOfMass In the body's canonical frame.
 */
export function standUpright(body: Body, centerOfMass: Vec3, silhouette: Silhouette | null = null): number {
  const face = restingFaces(body, centerOfMass, MAX_LEAN_RADIANS).find(({ flatness }) => flatness >= MIN_FLATNESS);
  if (!face || face.lean < 1e-4) return 0;
  const before = poseOf(body);
  const arm = vec3.scale(centerOfMass, body.size);
  turnBody(body, quat.multiply(face.turn, body.rotation));
  // About the centre of mass, so that the body does not wander.
  body.translation = vec3.add(
    body.translation,
    vec3.sub(quat.rotate(before.rotation, arm), quat.rotate(body.rotation, arm)),
  );
  if (!silhouette || silhouette.iou(poseOf(body)) >= silhouette.iou(before) - MAX_LOSS) return face.lean;
  turnBody(body, before.rotation);
  body.translation = before.translation;
  return 0;
}
