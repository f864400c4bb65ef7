/** The description of a settled scene, with the report on what was done to it. */
import type { Ground, Pose, SceneDescription, SceneObject } from '../scene/index.js';
import { poseOf } from './collide/body.js';
import { penetrationDepths } from './collide/overlaps.js';
import type { PreparedScene } from './prepare.js';
import { reportObject, reportScene, type StabilityLimits } from './report.js';
import type { SettleBody } from './settle.js';
import type { Sight } from './sight.js';
import type { Stabilised } from './stabilise.js';
import type { Stopwatch } from './stopwatch.js';
import { findSupports, type Evidence, type Support } from './support.js';

/** How the bodies were before anything was done to them. */
export interface Estimated {
  poses: Pose[];
  /** Deepest overlap of each, metres. */
  depths: Float64Array;
  supports: Support[];
}

export function measureEstimate(entries: readonly SettleBody[], ground: Ground, evidence: Evidence): Estimated {
  const bodies = entries.map(({ body }) => body);
  return {
    poses: bodies.map(poseOf),
    depths: penetrationDepths(bodies, ground),
    supports: findSupports(bodies, ground, evidence),
  };
}

export interface SettledScene {
  prepared: PreparedScene;
  sight: Sight;
  before: Estimated;
  /** What was done to each body before it settled, in words. */
  said: readonly (readonly string[])[];
  settled: Stabilised;
  /** Name of the engine. */
  engine: string;
  limits: StabilityLimits;
  watch: Stopwatch;
}

export function describeSettled(
  description: SceneDescription,
  { prepared, sight, before, said, settled, engine, limits, watch }: SettledScene,
): SceneDescription {
  const { ground, entries } = prepared;
  const supports = findSupports(
    entries.map(({ body }) => body),
    ground,
    sight.evidence,
  );
  const objects = prepared.objects.map((object, i) => ({
    ...object,
    colliders: [...entries[i].body.colliders],
    properties: entries[i].properties,
    pose: settled.settled[i],
    restsOn: nameOf(supports[i], prepared.objects),
  }));
  const reports = objects.map((object, i) =>
    reportObject({
      object,
      notes: [...said[i], ...settled.repairs[i]],
      penetrationBeforeMeters: before.depths[i],
      penetrationAfterMeters: settled.depths[i],
      gapBeforeMeters: Math.max(0, before.supports[i].gap),
      gapAfterMeters: Math.max(0, supports[i].gap),
      supportScore: supports[i].score,
      silhouette: sight.silhouettes[i],
      estimated: before.poses[i],
      grounded: settled.grounded[i],
      leftAlone: settled.alone[i],
      limits,
    }),
  );
  watch.lap('report');
  return {
    ...description,
    ground: reaching(ground, settled.settled),
    objects,
    physics: reportScene({
      engine,
      settleSeconds: settled.seconds,
      before: before.depths,
      after: settled.depths,
      objects: reports,
      ground,
      seconds: watch.laps(),
    }),
  };
}

/** The ground, drawn and collided with as far as anything was moved. */
function reaching(ground: Ground, poses: readonly Pose[]): Ground {
  const [x, z] = ground.center;
  const reach = poses.map(
    ({ translation, size }) => Math.max(Math.abs(translation[0] - x), Math.abs(translation[2] - z)) + size,
  );
  return { ...ground, halfExtent: Math.max(ground.halfExtent, ...reach) };
}

function nameOf({ on }: Support, objects: readonly SceneObject[]): string | null {
  if (on === null) return null;
  return on < 0 ? 'ground' : objects[on].id;
}
