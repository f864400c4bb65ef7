/**
 * What was not seen of an object ends where it stands, where distances are guesses.
 *
 * How far away an object is then follows from where its foot meets the ground. But the foot of an object that is
 * hidden below was made up, and is known no better than its distance: so each of the two gives way, unless the object
 * would then hide what the picture shows behind it.
 */
import { vec3, type Box3, type Vec3 } from '../geometry/index.js';
import type { SceneDescription } from '../scene/index.js';
import { endedAt, isUnder, lowestOf, placedMesh, type Redrawn } from './redraw-below.js';
import { freedomOf } from './separate/cover-mask.js';
import { createSilhouettes } from './silhouette.js';
import { isFootSeen, seenAround } from './support-evidence.js';

/** The part of the way to where the made-up foot would stand, in logarithms of the distance, that the object goes. */
const WAY_SHARE = 1 / 3;
/** The foot gives way by at most this share of the height; less than that one is nothing. */
const [MAX_CHANGE, MIN_CHANGE] = [0.5, 0.01];
/** An object may carry another from this share of that one's columns on that it is seen right below. */
const CARRYING_SHARE = 0.25;
/** Silhouette IoU that may be lost by hiding others. */
const MAX_HIDDEN = 0.02;

/** For each object, which then rests on the ground; null where it stays: its foot is seen, its mesh or size is known, or something else may carry it. */
export function endInSight(description: SceneDescription): (Redrawn | null)[] {
  const { cameras, ground, objects } = description;
  const eye = cameras[0]?.cameraToWorld.translation;
  if (!eye || !(eye[1] > ground.height)) return objects.map(() => null);
  const seen = seenAround(description);
  const silhouettes = createSilhouettes(description);
  const boxes = objects.map((object) => placedMesh(object).box);
  /** By what each must be resized about the eye to stand so high; NaN where it reaches above the eye. */
  const factorTo = (i: number, height: number): number =>
    (eye[1] - height) / Math.max(0, eye[1] - boxes[i].min[1]) || NaN;
  const mayStandOn = (i: number, j: number): boolean => {
    if (j === i || (seen[i]?.below[j] ?? 0) < CARRYING_SHARE) return false;
    const factor = factorTo(i, boxes[j].max[1]);
    const isNearer = Math.abs(Math.log(factor)) <= Math.abs(Math.log(factorTo(i, ground.height)));
    return isNearer && isUnder(boxes[j], scaledAbout(boxes[i], eye, factor));
  };
  const isGuess = objects.map(
    ({ scores, restsOn }, i) =>
      !isFootSeen(seen[i]) &&
      (restsOn === null || restsOn === 'ground') &&
      scores.shape < 1 &&
      freedomOf(scores.pose) > 0 &&
      !objects.some((_, j) => mayStandOn(i, j)),
  );
  const factors = objects.map((_, i) => factorTo(i, ground.height) ** (isGuess[i] ? WAY_SHARE : 1));
  const distances = objects.map(({ pose }, i) => factors[i] * vec3.distance(pose.translation, eye));
  return objects.map((object, i) => {
    const silhouette = silhouettes[i];
    if (!isGuess[i] || !silhouette || !(factors[i] > 0)) return null;
    const hidden = silhouette.iou(object.pose) - silhouette.iou(object.pose, (j) => distances[i] < distances[j]);
    const lowest = lowestOf(silhouette.heights(object.pose));
    if (hidden > MAX_HIDDEN || lowest === -Infinity) return null;
    const { min, max } = boxes[i];
    const most = MAX_CHANGE * (max[1] - min[1]);
    const wanted = eye[1] - (eye[1] - ground.height) / factors[i] - min[1];
    const change = Math.min(lowest - min[1], Math.max(-most, Math.min(most, wanted)));
    if (Math.abs(change) <= MIN_CHANGE * (max[1] - min[1])) return null;
    return endedAt({ ...object, restsOn: 'ground' }, boxes[i], lowest, min[1] + change);
  });
}

const scaledAbout = ({ min, max }: Box3, eye: Vec3, factor: number): Box3 => ({
  min: vec3.lerp(eye, min, factor),
  max: vec3.lerp(eye, max, factor),
});
