/** What happened to each object and to the scene, and whether they would stay as they are. */
import { quat, vec3 } from '../geometry/index.js';
import type { Ground, ObjectReport, PhysicsReport, Pose, RigidTransform, SceneObject } from '../scene/index.js';
import { centimetres, degrees } from './repair/remedy.js';
import type { Silhouette } from './silhouette.js';

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
  /** Settled. */
  object: SceneObject;
  /** What was done to it so far, in words. */
  notes: readonly string[];
  penetrationBeforeMeters: number;
  penetrationAfterMeters: number;
  gapBeforeMeters: number;
  gapAfterMeters: number;
  supportScore: number;
  silhouette: Silhouette | null;
  /** As it came; after grounding and separation; and some seconds after settling. */
  estimated: Pose;
  grounded: Pose;
  leftAlone: RigidTransform;
  limits: StabilityLimits;
}

export function reportObject(history: ObjectHistory): ObjectReport {
  const { object, estimated, grounded, leftAlone, limits, penetrationAfterMeters, silhouette } = history;
  const settled = object.pose;
  const notes = [...history.notes];
  const drift = vec3.distance(leftAlone.translation, settled.translation);
  const turn = quat.angleBetween(leftAlone.rotation, settled.rotation);
  const isStill = stays(settled, leftAlone, limits);
  const clear = penetrationAfterMeters <= MAX_PENETRATION_METERS;
  if (hasFallen(grounded, settled)) notes.push('fell or rolled while settling');
  if (!isStill) notes.push(`moves ${centimetres(drift)} and turns ${degrees(turn)} when left alone`);
  if (!clear) notes.push(`overlaps by ${(penetrationAfterMeters * 1000).toFixed(1)} mm`);
  return {
    id: object.id,
    restsOn: object.restsOn,
    supportScore: history.supportScore,
    massKg: object.properties.massKg.value,
    penetrationBeforeMeters: history.penetrationBeforeMeters,
    penetrationAfterMeters,
    gapBeforeMeters: history.gapBeforeMeters,
    gapAfterMeters: history.gapAfterMeters,
    movedMeters: vec3.distance(estimated.translation, grounded.translation),
    turnedRadians: quat.angleBetween(estimated.rotation, grounded.rotation),
    settleMovedMeters: vec3.distance(grounded.translation, settled.translation),
    settleTurnedRadians: quat.angleBetween(grounded.rotation, settled.rotation),
    ...(silhouette && { silhouetteIouBefore: silhouette.iou(estimated), silhouetteIouAfter: silhouette.iou(settled) }),
    stable: isStill && clear,
    reason: Array.from(new Set(notes)).join('; '),
  };
}

function hasFallen(from: Pose, to: Pose): boolean {
  return (
    vec3.distance(from.translation, to.translation) > FELL_SHARE * from.size ||
    quat.angleBetween(from.rotation, to.rotation) > FELL_RADIANS
  );
}

/** Whether a body that was left alone counts as stable. */
export const stays = (from: RigidTransform, to: RigidTransform, limits: StabilityLimits): boolean =>
  vec3.distance(from.translation, to.translation) < limits.stableMeters &&
  quat.angleBetween(from.rotation, to.rotation) < limits.stableRadians;

/** Whether a body went half as far as would make it unstable: another engine may let it go farther. */
export const creeps = (from: RigidTransform, to: RigidTransform, limits: StabilityLimits): boolean =>
  !stays(from, to, { stableMeters: limits.stableMeters / 2, stableRadians: limits.stableRadians / 2 });

export interface SceneHistory {
  engine: string;
  settleSeconds: number;
  /** Deepest overlap of each object, metres. */
  before: Float64Array;
  after: Float64Array;
  objects: ObjectReport[];
  ground: Ground;
  seconds: Record<string, number>;
}

export function reportScene({
  engine,
  settleSeconds,
  before,
  after,
  objects,
  ground,
  seconds,
}: SceneHistory): PhysicsReport {
  const unstable = objects.filter(({ stable }) => !stable).length;
  const reasons = [
    ...(unstable > 0 ? [`${unstable} of ${objects.length} objects would not stay as they are`] : []),
    ...(ground.confidence === 0 && objects.length > 0
      ? ['no ground was seen; one under the lowest object is assumed']
      : []),
  ];
  return {
    verdict: objects.length === 0 ? 'empty' : unstable === 0 ? 'stable' : 'unstable',
    reason: reasons.join('; '),
    engine,
    settleSeconds,
    before: { penetrationMeters: Math.max(0, ...before), ...silhouetteOf(objects, 'silhouetteIouBefore') },
    after: { penetrationMeters: Math.max(0, ...after), ...silhouetteOf(objects, 'silhouetteIouAfter') },
    objects,
    seconds,
  };
}

/** The mean over the objects whose mask is known. */
function silhouetteOf(
  objects: readonly ObjectReport[],
  key: 'silhouetteIouBefore' | 'silhouetteIouAfter',
): { silhouetteIou?: number } {
  const known = objects.flatMap((report) => report[key] ?? []);
  return known.length === 0 ? {} : { silhouetteIou: known.reduce((sum, iou) => sum + iou, 0) / known.length };
}
