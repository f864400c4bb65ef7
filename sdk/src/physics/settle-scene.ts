/**
 * From a scene as it was estimated to one that stays as it is.
 *
 *   end at the support ─► colliders, mass ─► stand upright ─► place ─► part ─► settle, repair, check ─► go back
 *   ─► report
 */
import type { SceneDescription } from '../scene/index.js';
import { describeSettled, measureEstimate } from './describe-settled.js';
import { endAtSupport } from './end-at-support.js';
import type { PhysicsEngine } from './engine.js';
import { goBack } from './go-back.js';
import { createHavokEngine } from './havok.js';
import { checkScene, prepareScene, type PrepareOptions } from './prepare.js';
import { putOnGround, REMEDIES } from './repair/index.js';
import { createArrangement } from './separate/arrangement.js';
import { readSight } from './sight.js';
import { stabilise } from './stabilise.js';
import { createStopwatch, type Stopwatch } from './stopwatch.js';

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
  checkScene(description);
  const engine = options.engine ?? (await defaultEngine());
  watch.lap('engine');
  return settleWith(engine, description, options, watch);
}

/** The same with an engine that is there. */
export function settleWith(
  engine: PhysicsEngine,
  estimate: SceneDescription,
  options: SettleOptions = {},
  watch: Stopwatch = createStopwatch(),
): SceneDescription {
  const limits = { ...SETTLE_DEFAULTS, ...options };
  const { description, notes } = endAtSupport(estimate);
  const prepared = prepareScene(description, options);
  const { ground, entries } = prepared;
  watch.lap('colliders');
  const sight = readSight(description);
  const before = measureEstimate(entries, ground, sight.evidence);
  watch.lap('measure');

  const arrangement = createArrangement(prepared, sight);
  arrangement.standUpright();
  arrangement.place();
  const supports = arrangement.part();
  watch.lap('separate');

  const settled = stabilise({
    engine,
    entries,
    ground,
    supports,
    regroup: () => arrangement.regroup(),
    remedies: [...REMEDIES, putOnGround(arrangement)],
    limits,
  });
  watch.lap('settle');
  const kept = goBack({ engine, prepared, sight, estimated: before.poses, arrangement, settled, limits });
  watch.lap('return');
  const said = arrangement.said.map((words, i) => (notes[i] === '' ? words : [notes[i], ...words]));
  return describeSettled(description, {
    prepared,
    sight,
    before,
    said,
    settled: kept,
    engine: engine.name,
    limits,
    watch,
  });
}
