/**
 * From a scene as it was estimated to one that stays as it is.
 *
 *   colliders, mass ─► stand upright ─► support, grounding, separation ─► settle, repair ─► check ─► report
 */
import type { SceneDescription, SceneObject } from '../scene/index.js';
import { createBody, poseOf, type Body } from './collide/body.js';
import { penetrationDepths } from './collide/overlaps.js';
import type { PhysicsEngine } from './engine.js';
import { createHavokEngine } from './havok.js';
import { physicalProperties } from './mass.js';
import { prepareScene, type PreparedScene, type PrepareOptions } from './prepare.js';
import { putOnGround, REMEDIES } from './repair/index.js';
import { degrees } from './repair/remedy.js';
import { reportObject, reportScene } from './report.js';
import { placeBodies } from './separate/place.js';
import { separate } from './separate/solver.js';
import { standUpright } from './separate/stay-upright.js';
import { createSilhouettes } from './silhouette.js';
import { stabilise } from './stabilise.js';
import { createStopwatch, type Stopwatch } from './stopwatch.js';
import { seenAround } from './support-evidence.js';
import { findSupports, type Support } from './support.js';

export interface SettleOptions extends PrepareOptions {
  /** Absent: Havok, loaded on the first call. */
  engine?: PhysicsEngine;
  /** Simulated seconds after which settling stops, asleep or not. */
  maxSettleSeconds?: number;
  /** A body counts as stable that moves less than this, metres ... */
  stableMeters?: number;
  /** ... and turns less than this, radians, in `checkSeconds`. */
  stableRadians?: number;
  checkSeconds?: number;
}

export const SETTLE_DEFAULTS = {
  maxSettleSeconds: 4,
  stableMeters: 0.01,
  stableRadians: (3 * Math.PI) / 180,
  checkSeconds: 5,
} as const;

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
 * @throws SceneMakerError `bad-request` for a pose or ground that is not finite or a size out of range;
 *   `internal` when the engine cannot be loaded.
 */
export async function settleScene(
  description: SceneDescription,
  options: SettleOptions = {},
): Promise<SceneDescription> {
  const watch = createStopwatch();
  const prepared = prepareScene(description, options);
  watch.lap('colliders');
  const engine = options.engine ?? (await defaultEngine());
  watch.lap('engine');
  return settlePrepared(description, prepared, { ...options, engine }, watch);
}

const SAID_OF_STAND = 'the picture shows it in the air: it got a stand that is not seen';

/** All but the fitting of colliders. `prepared` is used up. */
export function settlePrepared(
  description: SceneDescription,
  { ground, objects, entries, notes, masses, overrides }: PreparedScene,
  options: SettleOptions & { engine: PhysicsEngine },
  watch: Stopwatch = createStopwatch(),
): SceneDescription {
  const settings = { ...SETTLE_DEFAULTS, ...options };
  const { engine } = settings;
  const bodies = (): Body[] => entries.map(({ body }) => body);
  const evidence = { claims: objects.map((object) => claimOf(object, objects)), seen: seenAround(description) };
  const confidence = objects.map(({ scores }) => scores.pose);
  const silhouettes = createSilhouettes(description);

  const estimated = entries.map(({ body }) => poseOf(body));
  const before = penetrationDepths(bodies(), ground);
  const supportsBefore = findSupports(bodies(), ground, evidence);
  watch.lap('measure');

  const said = notes.map((note) => (note === '' ? [] : [note]));
  entries.forEach(({ body, properties }, i) => {
    const lean = standUpright(body, properties.centerOfMass.value, silhouettes[i]);
    if (lean > 0.05) said[i].push(`stood upright by ${degrees(lean)}`);
  });
  const weigh = (i: number): void => {
    const { size } = entries[i].body;
    entries[i].properties = physicalProperties(objects[i].label, masses[i], size, overrides[i]);
  };
  // Where sizes are known, distance is too, and nothing is resized.
  const { source } = description.scale;
  const eye = (source !== 'known-size' && description.cameras[0]?.cameraToWorld.translation) || null;
  const seen = { ground, confidence, silhouettes, eye, measured: source === 'depth' };
  const sizes = estimated.map(({ size }) => size);
  const claims = [...placeBodies({ ...seen, bodies: bodies(), sizes, evidence })];
  const kept = { ...evidence, claims };
  const supported = separate({ ...seen, bodies: bodies(), evidence: kept });
  supported.forEach(({ on }, i) => (claims[i] = on ?? undefined));
  const separated = entries.map(({ body }) => poseOf(body));
  const regroup = (): Support[] => separate({ ...seen, eye: null, bodies: bodies(), evidence: kept });
  const hasStand = (i: number): boolean => entries[i].body.colliders.length > objects[i].colliders.length;
  entries.forEach((entry, i) => {
    if (hasStand(i)) said[i].push(SAID_OF_STAND);
    const factor = entry.body.size / sizes[i];
    if (Math.abs(factor - 1) > 0.01)
      said[i].push(`sized to ${(100 * factor).toFixed(0)} % by the picture and what it rests on`);
    if (factor !== 1) weigh(i);
  });
  const replace = (i: number): boolean => {
    if (!eye || !silhouettes[i]) return false;
    entries[i].body = createBody(objects[i].id, objects[i].colliders, separated[i]);
    const alone = silhouettes.map((silhouette, k) => (k === i ? silhouette : null));
    placeBodies({ ...seen, bodies: bodies(), sizes, silhouettes: alone, evidence: kept });
    weigh(i);
    if (hasStand(i)) said[i].push(SAID_OF_STAND);
    return true;
  };
  watch.lap('separate');

  const { repairs, grounded, seconds, settled, alone, depths } = stabilise({
    engine,
    entries,
    ground,
    supports: supported,
    regroup,
    remedies: [...REMEDIES, putOnGround({ claims, replace })],
    limits: settings,
  });
  const supports = findSupports(bodies(), ground, evidence);
  watch.lap('settle');

  const settledObjects = objects.map((object, i) => ({
    ...object,
    colliders: [...entries[i].body.colliders],
    properties: entries[i].properties,
    pose: settled[i],
    restsOn: nameOf(supports[i], objects),
  }));
  const reports = settledObjects.map((object, i) =>
    reportObject({
      object,
      notes: [...said[i], ...repairs[i]],
      penetrationBeforeMeters: before[i],
      penetrationAfterMeters: depths[i],
      gapBeforeMeters: Math.max(0, supportsBefore[i].gap),
      gapAfterMeters: Math.max(0, supports[i].gap),
      supportScore: supports[i].score,
      silhouette: silhouettes[i],
      estimated: estimated[i],
      grounded: grounded[i],
      leftAlone: alone[i],
      limits: settings,
    }),
  );
  watch.lap('report');
  return {
    ...description,
    ground,
    objects: settledObjects,
    physics: reportScene({
      engine: engine.name,
      settleSeconds: seconds,
      before,
      after: depths,
      objects: reports,
      ground,
      seconds: watch.laps(),
    }),
  };
}

function claimOf({ restsOn }: SceneObject, objects: readonly SceneObject[]): number | undefined {
  if (restsOn === null) return undefined;
  if (restsOn === 'ground') return -1;
  const index = objects.findIndex((object) => object.id === restsOn);
  return index < 0 ? undefined : index;
}

function nameOf({ on }: Support, objects: readonly SceneObject[]): string | null {
  if (on === null) return null;
  return on < 0 ? 'ground' : objects[on].id;
}
