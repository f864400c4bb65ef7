/** What happened to each object, and whether it would stay. */
import { quat, vec3 } from '../geometry/index.js';
import type { ObjectReport, Pose, RigidTransform, SceneObject } from '../scene/index.js';

/** Overlap that a settled scene may have, metres. */
export const MAX_PENETRATION_METERS = 1e-3;

/** Beyond this a body did not settle, it fell: the share of its size it moved, and the angle it turned. */
const FELL_SHARE = 0.25;
const FELL_RADIANS = (20 * Math.PI) / 180;

/** How far a body that stands may go when left alone, metres and radians. */
export interface StabilityLimits {
  stableMeters: number;
  stableRadians: number;
}

export interface ObjectHistory {
  object: SceneObject;
  massKg: number;
  restsOn: string | null;
  /** What was done to it so far, in words. */
  notes: readonly string[];
  penetrationBeforeMeters: number;
  penetrationAfterMeters: number;
  gapBeforeMeters: number;
  gapAfterMeters: number;
  /** As it came; after grounding and separation; after settling; and some seconds later. */
  estimated: Pose;
  grounded: Pose;
  settled: Pose;
  leftAlone: RigidTransform;
  limits: StabilityLimits;
}

export function reportObject(history: ObjectHistory): ObjectReport {
  const { estimated, grounded, settled, leftAlone, limits, penetrationAfterMeters } = history;
  const notes = [...history.notes];
  const drift = vec3.distance(leftAlone.translation, settled.translation);
  const turn = quat.angleBetween(leftAlone.rotation, settled.rotation);
  const stays = drift < limits.stableMeters && turn < limits.stableRadians;
  const clear = penetrationAfterMeters <= MAX_PENETRATION_METERS;
  if (!stays) notes.push(`moved ${(drift * 100).toFixed(1)} cm and turned ${degrees(turn)} degrees when left alone`);
  if (!clear) notes.push(`overlaps by ${(penetrationAfterMeters * 1000).toFixed(1)} mm`);
  if (hasFallen(grounded, settled)) notes.push('fell or rolled while settling');
  return {
    id: history.object.id,
    restsOn: history.restsOn,
    massKg: history.massKg,
    penetrationBeforeMeters: history.penetrationBeforeMeters,
    penetrationAfterMeters,
    gapBeforeMeters: history.gapBeforeMeters,
    gapAfterMeters: history.gapAfterMeters,
    movedMeters: vec3.distance(estimated.translation, grounded.translation),
    turnedRadians: quat.angleBetween(estimated.rotation, grounded.rotation),
    settleMovedMeters: vec3.distance(grounded.translation, settled.translation),
    settleTurnedRadians: quat.angleBetween(grounded.rotation, settled.rotation),
    stable: stays && clear,
    reason: Array.from(new Set(notes)).join('; '),
  };
}

const degrees = (radians: number): string => ((radians * 180) / Math.PI).toFixed(0);

export function hasFallen(from: Pose, to: Pose): boolean {
  return (
    vec3.distance(from.translation, to.translation) > FELL_SHARE * from.size ||
    quat.angleBetween(from.rotation, to.rotation) > FELL_RADIANS
  );
}

/** Whether anything went half as far as would make it unstable. */
export function creeps(from: readonly Pose[], to: readonly RigidTransform[], limits: StabilityLimits): boolean {
  return from.some(
    (pose, i) =>
      vec3.distance(pose.translation, to[i].translation) > limits.stableMeters / 2 ||
      quat.angleBetween(pose.rotation, to[i].rotation) > limits.stableRadians / 2,
  );
}
