/**
 * Each body covers the mask it came from.
 *
 * What a picture shows well of a thing is where it is across the line of sight, and how large it looks. Both are put
 * right before anything is asked of what it stands on, which says how far away it is.
 */
import { vec3, type Vec3 } from '../../geometry/index.js';
import type { Pose } from '../../scene/index.js';
import { climb } from '../climb.js';
import { poseOf, turnBody, type Body } from '../collide/body.js';
import type { Silhouette } from '../silhouette.js';

/** Steps across the line of sight, shares of the size, and in the logarithm of the size. */
const STEPS = [0.32, 0.16, 0.08, 0.04, 0.02];
/** Rounds of each step at most. */
const MAX_ROUNDS = 8;
/** What moving by one's own size costs, in overlap, when the pose is anyone's guess. */
const COST = 1;

/** Poses as sure as this are left alone; from UNSURE down they are anyone's guess. */
const [SURE, UNSURE] = [1, 0.8];

/** From 0 where a pose is sure to 1. */
export const freedomOf = (confidence: number): number =>
  Math.min(1, Math.max(0, (SURE - confidence) / (SURE - UNSURE)));

export interface CoverInput {
  bodies: readonly Body[];
  confidence: readonly number[];
  silhouettes: readonly (Silhouette | null)[];
  eye: Vec3;
}

/** Moves and resizes the bodies that the picture shows. */
export function coverMasks({ bodies, confidence, silhouettes, eye }: CoverInput): void {
  bodies.forEach((body, i) => {
    const [silhouette, freedom] = [silhouettes[i], freedomOf(confidence[i])];
    if (!silhouette || freedom === 0) return;
    Object.assign(body, coverMask(poseOf(body), silhouette, eye, freedom));
    turnBody(body, body.rotation);
  });
}

function coverMask(from: Pose, silhouette: Silhouette, eye: Vec3, freedom: number): Pose {
  const worthOf = ({ translation, size, rotation }: Pose): number => {
    const way = vec3.distance(translation, from.translation) / from.size;
    const growth = Math.log(size / from.size);
    return silhouette.iou({ rotation, translation, size }) - (COST / freedom) * (way * way + growth * growth);
  };
  const ray = vec3.normalize(vec3.sub(from.translation, eye));
  const right = vec3.normalize(vec3.cross(ray, vec3.UP), [1, 0, 0]);
  const up = vec3.cross(right, ray);
  const moved = (pose: Pose, way: Vec3, share: number): Pose => ({
    ...pose,
    translation: vec3.addScaled(pose.translation, way, share * from.size),
  });
  const { at } = climb({ at: from, worth: worthOf(from) }, STEPS, {
    worthOf,
    steps: (pose, share) => [
      moved(pose, right, share),
      moved(pose, up, share),
      { ...pose, size: pose.size * Math.exp(share) },
    ],
    maxRounds: MAX_ROUNDS,
  });
  return at;
}
