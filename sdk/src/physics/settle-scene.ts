/**
 * From a scene as it was estimated to one that stays as it is.
 *
 *   colliders, mass ─► stand upright ─► support, grounding, separation ─► settle ─► repair ─► check ─► report
 */
import { quat, vec3 } from '../geometry/index.js';
import type { Pose, SceneDescription, SceneObject } from '../scene/index.js';
import { createBody, poseOf, type Body } from './collide/body.js';
import { penetrationDepths } from './collide/overlaps.js';
import { fitColliders, type ColliderOptions } from './colliders/colliders.js';
import type { PhysicsEngine } from './engine.js';
import { createHavokEngine } from './havok.js';
import { physicalProperties, type PropertyOverrides } from './mass.js';
import { REMEDIES } from './repair.js';
import { creeps, hasFallen, MAX_PENETRATION_METERS, reportObject } from './report.js';
import { createStopwatch } from './stopwatch.js';
import { separate } from './separate/solver.js';
import { standUpright } from './separate/stay-upright.js';
import { settle, type SettleBody, type SettleResult } from './settle.js';
import { findSupports, type Support } from './support.js';

export interface SettleOptions extends ColliderOptions {
  /** Absent: Havok, loaded on the first call. */
  engine?: PhysicsEngine;
  /** Simulated seconds after which settling stops, asleep or not. */
  maxSettleSeconds?: number;
  /** A body counts as stable that moves less than this, metres ... */
  stableMeters?: number;
  /** ... and turns less than this, radians, in `checkSeconds`. */
  stableRadians?: number;
  checkSeconds?: number;
  /** Known properties by object id; they win over guesses. */
  properties?: Record<string, PropertyOverrides>;
}

export const SETTLE_DEFAULTS = {
  maxSettleSeconds: 4,
  stableMeters: 0.01,
  stableRadians: (3 * Math.PI) / 180,
  checkSeconds: 5,
} as const;

/** How often a scene that creeps on is given more time. */
const MAX_CHECKS = 2;

let shared: Promise<PhysicsEngine> | undefined;

/** The engine used when none is given: Havok, loaded once. */
export function defaultEngine(): Promise<PhysicsEngine> {
  shared ??= createHavokEngine();
  return shared;
}

/**
 * A new description with colliders, physical properties, supports, poses and a report; the one given is left
 * as it was. Every object gets a body, however broken its mesh. A scene without objects has the verdict `empty`.
 *
 * @throws SceneMakerError `internal` when the engine cannot be loaded.
 */
export async function settleScene(
  description: SceneDescription,
  options: SettleOptions = {},
): Promise<SceneDescription> {
  const settings = { ...SETTLE_DEFAULTS, ...options };
  const watch = createStopwatch();
  const engine = options.engine ?? (await defaultEngine());
  watch.lap('engine');
  const { ground } = description;
  const objects = description.objects.map((object) => withBody(object, options));
  const entries: SettleBody[] = objects.map(({ object }) => ({
    body: createBody(object.id, object.colliders, finitePose(object.pose)),
    properties: object.properties,
  }));
  const bodies = entries.map((entry) => entry.body);
  const evidence = objects.map(({ object }) => evidenceOf(object, description.objects));
  watch.lap('colliders');

  const before = penetrationDepths(bodies, ground);
  const supportsBefore = findSupports(bodies, ground, evidence);
  const estimated = bodies.map(poseOf);
  watch.lap('measure');

  const reasons = objects.map(({ note }) => (note ? [note] : []));
  entries.forEach(({ body, properties }, i) => {
    const lean = standUpright(body, properties.centerOfMass.value);
    if (lean > 0.05) reasons[i].push(`stood upright by ${((lean * 180) / Math.PI).toFixed(0)} degrees`);
  });
  const confidence = objects.map(({ object }) => object.scores.pose);
  let supports = separate({ bodies, ground, confidence, evidence });
  watch.lap('separate');

  let settleSeconds = 0;
  let grounded = bodies.map(poseOf);
  for (let remedy = 0; entries.length > 0;) {
    const result = settle(engine, entries, ground, settings.maxSettleSeconds);
    settleSeconds += result.seconds;
    const fallen = entries
      .map((_, i) => i)
      .filter((i) => hasFallen(grounded[i], { ...result.transforms[i], size: bodies[i].size }));
    let repaired = false;
    while (!repaired && fallen.length > 0 && remedy < REMEDIES.length)
      repaired = repair(remedy++, fallen, entries, supports, reasons);
    if (!repaired) {
      entries.forEach((entry, i) => moveTo(entry, { ...result.transforms[i], size: entry.body.size }));
      break;
    }
    supports = separate({ bodies: entries.map((entry) => entry.body), ground, confidence, evidence });
    grounded = entries.map((entry) => poseOf(entry.body));
  }
  watch.lap('settle');

  let settled: Pose[] = [];
  let after: Float64Array = new Float64Array(0);
  let check: SettleResult | null = null;
  for (let round = 0; entries.length > 0; round++) {
    const now = entries.map((entry) => entry.body);
    after = penetrationDepths(now, ground);
    if (after.some((depth) => depth > MAX_PENETRATION_METERS)) {
      // The engine leaves heavy bodies a little inside light ones, and wedges in cracks.
      separate({ bodies: now, ground, confidence, evidence });
      after = penetrationDepths(now, ground);
    }
    settled = now.map(poseOf);
    check = settle(engine, entries, ground, settings.checkSeconds);
    if (round >= MAX_CHECKS || !creeps(settled, check.transforms, settings)) break;
    // Where it crept to is nearer to rest than where it was.
    const { transforms } = check;
    entries.forEach((entry, i) => moveTo(entry, { ...transforms[i], size: entry.body.size }));
  }
  supports = findSupports(
    entries.map((entry) => entry.body),
    ground,
    evidence,
  );
  watch.lap('check');

  const reports = objects.map(({ object }, i) =>
    reportObject({
      object,
      massKg: entries[i].properties.massKg.value,
      restsOn: nameOf(supports[i], description.objects),
      notes: reasons[i],
      penetrationBeforeMeters: before[i],
      penetrationAfterMeters: after[i],
      gapBeforeMeters: Math.max(0, supportsBefore[i].gap),
      gapAfterMeters: Math.max(0, supports[i].gap),
      estimated: estimated[i],
      grounded: grounded[i],
      settled: settled[i],
      leftAlone: check?.transforms[i] ?? settled[i],
      limits: settings,
    }),
  );
  return {
    ...description,
    objects: objects.map(({ object }, i) => ({
      ...object,
      properties: entries[i].properties,
      pose: settled[i],
      restsOn: reports[i].restsOn,
    })),
    physics: {
      verdict: reports.length === 0 ? 'empty' : reports.every((report) => report.stable) ? 'stable' : 'unstable',
      engine: engine.name,
      settleSeconds,
      before: { penetrationMeters: Math.max(0, ...before) },
      after: { penetrationMeters: Math.max(0, ...after) },
      objects: reports,
      seconds: watch.laps(),
    },
  };
}

/** The object with colliders and properties; what was `given` is kept. */
function withBody(object: SceneObject, options: SettleOptions): { object: SceneObject; note: string } {
  const { colliders, mass, note } = fitColliders(object.mesh, options);
  const overrides = { ...givenProperties(object), ...options.properties?.[object.id] };
  return {
    object: {
      ...object,
      colliders,
      properties: physicalProperties(object.label, mass, finitePose(object.pose).size, overrides),
    },
    note,
  };
}

function givenProperties({ properties }: SceneObject): PropertyOverrides {
  const { material, densityKgPerM3, massKg, friction, restitution } = properties;
  return {
    ...(material.source === 'given' && { material: material.value }),
    ...(densityKgPerM3.source === 'given' && { densityKgPerM3: densityKgPerM3.value }),
    ...(massKg.source === 'given' && { massKg: massKg.value }),
    ...(friction.source === 'given' && { friction: friction.value }),
    ...(restitution.source === 'given' && { restitution: restitution.value }),
  };
}

/** A pose that an engine can take, whatever was estimated. */
function finitePose(pose: Pose): Pose {
  return {
    rotation: quat.normalize(pose.rotation),
    translation: vec3.isFinite(pose.translation) ? pose.translation : vec3.ZERO,
    size: Number.isFinite(pose.size) && pose.size > 0 ? pose.size : 1,
  };
}

function evidenceOf({ restsOn }: SceneObject, objects: readonly SceneObject[]): number | undefined {
  if (restsOn === null) return undefined;
  if (restsOn === 'ground') return -1;
  const index = objects.findIndex((object) => object.id === restsOn);
  return index < 0 ? undefined : index;
}

function nameOf({ on }: Support, objects: readonly SceneObject[]): string | null {
  if (on === null) return null;
  return on < 0 ? 'ground' : objects[on].id;
}

function moveTo(entry: SettleBody, pose: Pose): void {
  const body: Body = createBody(entry.body.id, entry.body.colliders, pose);
  entry.body = body;
}

/** Tries one remedy on every body that fell; false when none applied. */
function repair(
  remedy: number,
  fallen: readonly number[],
  entries: SettleBody[],
  supports: readonly Support[],
  reasons: string[][],
): boolean {
  let any = false;
  for (const i of fallen) {
    const done = REMEDIES[remedy]({ entry: entries[i], bodies: entries, support: supports[i] });
    if (done === null) continue;
    reasons[i].push(done);
    any = true;
  }
  return any;
}
