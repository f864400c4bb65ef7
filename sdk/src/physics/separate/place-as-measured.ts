/**
 * Who each body stands on where distances were measured: what is seen of a body is where it is.
 *
 * Each body is tried on the ground and on every other below it. Of the poses in which it touches there, that is taken
 * which best keeps the distances of what is seen of it, its silhouette and its size. A body that floats, and to which
 * all of them do too much, was not seen down to its foot, as a tree of which the crown alone was found: it stays, and
 * gets a stand.
 */
import { vec3, type Vec3 } from '../../geometry/index.js';
import type { Pose } from '../../scene/index.js';
import { climb } from '../climb.js';
import { bottomOf, poseOf, turnBody, type Body } from '../collide/body.js';
import type { GroundPlane } from '../collide/overlaps.js';
import type { Silhouette } from '../silhouette.js';
import { gapTo, isOver, OVERHANG_SHARE, type Evidence } from '../support.js';
import { freedomOf } from './cover-mask.js';
import { overlapCost, placingOrder, standingCost } from './place-costs.js';
import type { Places } from './place.js';

export interface MeasuredInput {
  bodies: readonly Body[];
  ground: GroundPlane | null;
  confidence: readonly number[];
  silhouettes: readonly (Silhouette | null)[];
  evidence: Evidence;
}

/** Sizes from which the best pose is looked for: what has sunk in is often both too low and too large. */
const STARTS = [1, 0.75];
/** Steps along the ground, shares of the size, and in the logarithm of the size. */
const STEPS = [0.16, 0.08, 0.04, 0.02, 0.01];
/** Rounds of each step at most. */
const MAX_ROUNDS = 8;
/** What counts, beside silhouette IoU lost: a distance changed by the body's size; and the square of the growth. */
const COSTS = { depth: 1, growth: 1 } as const;
/** A body that floats has a stand where standing costs more than this. */
const STAND_COST = 0.15;

interface Standing {
  pose: Pose;
  cost: number;
}

interface Place extends Standing {
  /** As `Support.on`; undefined: in the air. */
  on: number | undefined;
}

/** Moves and resizes the bodies that the picture shows. */
export function placeAsMeasured(input: MeasuredInput): Places {
  const { bodies, silhouettes, evidence } = input;
  const on = bodies.map((_, i) => evidence.claims[i]);
  const placed: number[] = [];
  const hanging = new Set<number>();
  for (const i of placingOrder(bodies, evidence)) {
    const [body, silhouette] = [bodies[i], silhouettes[i]];
    if (silhouette) {
      const places = placesOf(input, i, placed, silhouette);
      const best = places.reduce((least, place) => (place.cost < least.cost ? place : least));
      Object.assign(body, best.pose);
      turnBody(body, body.rotation);
      on[i] = best.on ?? -1;
      if (best.on === undefined) hanging.add(i);
    }
    placed.push(i);
  }
  return { on, hanging };
}

/** Where a body could be; the first is where it is. */
function placesOf(input: MeasuredInput, i: number, placed: readonly number[], silhouette: Silhouette): Place[] {
  const { bodies, ground, confidence, evidence } = input;
  const body = bodies[i];
  const here = poseOf(body);
  const floats = ground !== null && bottomOf(body) > ground.height;
  const places: Place[] = [
    { on: undefined, pose: here, cost: floats ? STAND_COST + overlapCost(bodies, placed, i) : Infinity },
  ];
  for (const on of [-1, ...placed]) {
    const claimed = evidence.claims[i];
    if (claimed !== undefined ? on !== claimed : on >= 0 && !isOver(body, bodies[on], OVERHANG_SHARE)) continue;
    const gap = on < 0 ? ground && bottomOf(body) - ground.height : gapTo(body, bodies[on]);
    if (gap === null) continue;
    const { pose, cost } = standingPose(body, silhouette, bottomOf(body) - gap, freedomOf(confidence[i]));
    Object.assign(body, pose);
    turnBody(body, body.rotation);
    places.push({ on, pose, cost: cost + standingCost({ bodies, placed, evidence }, i, on) });
    Object.assign(body, here);
    turnBody(body, body.rotation);
  }
  return places;
}

/** The best pose in which the foot of a body is at that height, and its cost. */
function standingPose(body: Body, silhouette: Silhouette, height: number, freedom: number): Standing {
  const from = poseOf(body);
  const foot = body.extent[1] / body.size;
  const shown = silhouette.iou(from);
  const depths = silhouette.depths(from);
  const standing = ([x, , z]: Vec3, size: number): Pose => ({
    rotation: from.rotation,
    translation: [x, height - foot * size, z],
    size,
  });
  const worthOf = (pose: Pose): number =>
    silhouette.iou(pose) -
    shown -
    (COSTS.depth * meanChange(depths, silhouette.depths(pose))) / from.size -
    (COSTS.growth / Math.max(freedom, 0.1)) * Math.log(pose.size / from.size) ** 2;
  const steps = ({ translation, size }: Pose, share: number): Pose[] => {
    const way = share * from.size;
    const moved = [[way, 0, 0] as const, [0, 0, way] as const].map((by) => standing(vec3.add(translation, by), size));
    return freedom > 0 ? [...moved, standing(translation, Math.exp(share) * size)] : moved;
  };
  return (freedom > 0 ? STARTS : [1])
    .map((start) => standing(from.translation, start * from.size))
    .map((at) => climb({ at, worth: worthOf(at) }, STEPS, { worthOf, steps, maxRounds: MAX_ROUNDS }))
    .map(({ at, worth }) => ({ pose: at, cost: -worth }))
    .reduce((least, place) => (place.cost < least.cost ? place : least));
}

/** Mean change of the distances that are known before and after. */
export function meanChange(before: Float32Array, after: Float32Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < before.length; i++) {
    if (before[i] === 0 || after[i] === 0) continue;
    sum += Math.abs(after[i] - before[i]);
    count++;
  }
  return count === 0 ? Infinity : sum / count;
}
