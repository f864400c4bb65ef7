/** Lets an engine settle the bodies and then leave them alone, and repairs those that do not stay where the picture shows them. */
import { quat, vec3 } from '../geometry/index.js';
import type { Ground, Pose, RigidTransform } from '../scene/index.js';
import { bodyDistance, bottomOf, poseOf } from './collide/body.js';
import { bodyPoints, outlineBetween } from './collide/points.js';
import { marginIn } from './collide/polygon.js';
import type { PhysicsEngine } from './engine.js';
import { leaveAlone, type LeftAlone } from './leave-alone.js';
import { flattenContact, type Remedy } from './repair/index.js';
import { worldCenterOfMass } from './repair/remedy.js';
import { creeps, stays, type StabilityLimits } from './report.js';
import { moveTo, settle, type SettleBody } from './settle.js';
import type { Support } from './support.js';

export interface StabiliseInput {
  engine: PhysicsEngine;
  /** Grounded and apart; poses, colliders and centres of mass are changed in place. */
  entries: SettleBody[];
  ground: Ground;
  supports: readonly Support[];
  /** Grounds and parts the bodies anew after a repair; returns what each rests on. */
  regroup: () => readonly Support[];
  /** In the order in which they are tried, the first again once a body rests on something else. */
  remedies: readonly Remedy[];
  limits: StabilityLimits & { maxSettleSeconds: number; checkSeconds: number };
}

export interface Stabilised extends LeftAlone {
  /** What was done to each body, in words. */
  repairs: string[][];
  /** Where each was before the engine had its say. */
  grounded: Pose[];
  /** Simulated seconds. */
  seconds: number;
}

/** A body that leaves its place by more did not settle, but topple, roll or slide: share of its size, and radians. */
const LEFT_SHARE = 0.03;
const LEFT_RADIANS = (4 * Math.PI) / 180;

/** Each round repairs at least one body; a scene of many needs no more, since bodies that lean are found together. */
const MAX_ROUNDS = 12;

/** Afterwards the bodies are where they were left alone from: what is said of them is about where they are. */
export function stabilise({ engine, entries, ground, remedies, limits, ...input }: StabiliseInput): Stabilised {
  const repairs = entries.map((): string[] => []);
  const tried = entries.map(() => 0);
  let { supports } = input;
  let seconds = 0;
  const regroup = (): void => void (supports = input.regroup());
  const flattened = new Set<number>();
  /** What geometry shows to fall need not be watched falling. Whether anything was found. */
  const flattenShaky = (): boolean => {
    const shaky = entries
      .map((_, i) => i)
      .filter((i) => !flattened.has(i))
      .filter((i) => (isBall(entries[i]) ? isWedged(i, entries) : supports[i].on === -1 && isShaky(entries[i])));
    for (const index of shaky) {
      flattened.add(index);
      const done = flattenContact({ index, entries, support: supports[index] });
      if (done !== null) repairs[index].push(done);
    }
    if (shaky.length > 0) regroup();
    return shaky.length > 0;
  };
  flattenShaky();
  /** Whether a remedy was left that applied. */
  const repair = (index: number): boolean => {
    while (tried[index] < remedies.length) {
      const done = remedies[tried[index]++]({ index, entries, support: supports[index] });
      if (done === null) continue;
      repairs[index].push(done);
      return true;
    }
    return false;
  };
  for (let round = 0; ; round++) {
    const grounded = entries.map(({ body }) => poseOf(body));
    const fallen = (from: readonly Pose[], to: readonly RigidTransform[], leaves: typeof hasLeft): number[] =>
      rootsOf(
        entries
          .map((_, i) => i)
          .filter((i) => round < MAX_ROUNDS && tried[i] < remedies.length && leaves(from[i], to[i])),
        supports,
      );
    const result = settle(engine, entries, ground, {
      maxSeconds: limits.maxSettleSeconds,
      nudge: true,
      isOver: (transforms) => fallen(grounded, transforms, hasLeft).length > 0,
    });
    seconds += result.seconds;
    let leaving = fallen(grounded, result.transforms, hasLeft);
    if (leaving.length === 0) {
      entries.forEach((entry, i) => moveTo(entry, result.transforms[i]));
      // On what it leans on one engine, it falls in another.
      if (flattenShaky()) continue;
      // What tips over slowly has rested long enough to seem settled.
      const tips = (from: Pose, to: RigidTransform): boolean => hasLeft(from, to) && !stays(from, to, limits);
      const left = leaveAlone({
        engine,
        entries,
        ground,
        regroup,
        limits,
        isOver: (from, to) => fallen(from, to, tips).length > 0,
      });
      leaving = fallen(left.settled, left.alone, (from, to) => creeps(from, to, limits));
      if (leaving.length === 0) return { ...left, repairs, grounded, seconds };
    }
    if (leaving.filter(repair).length === 0) continue;
    const before = supports;
    regroup();
    supports.forEach(({ on }, i) => on !== before[i].on && (tried[i] = 0));
  }
}

const isBall = ({ body }: SettleBody): boolean => body.colliders.length === 1 && body.colliders[0].kind === 'sphere';

/** Whether anything but level ground touches the body: engines differ about which way a ball then rolls. */
function isWedged(index: number, entries: readonly SettleBody[]): boolean {
  const { body } = entries[index];
  return entries.some((other, j) => j !== index && bodyDistance(body, other.body, 1e-3 * body.size) !== null);
}

/** Parts this near the ground touch it, share of the size; and the lean that a body must bear, as a tangent. */
const CONTACT_SHARE = 0.001;
const LEAST_LEAN = 0.03;

/** Whether a body on level ground stands on its tip or its edge, or would tip over it. */
function isShaky(entry: SettleBody): boolean {
  const { body } = entry;
  const bottom = bottomOf(body);
  const patch = outlineBetween(body, bodyPoints(body), -Infinity, bottom + CONTACT_SHARE * body.size);
  const [x, y, z] = worldCenterOfMass(entry);
  return marginIn(patch, [x, z]) < LEAST_LEAN * (y - bottom);
}

const hasLeft = (from: Pose, to: RigidTransform): boolean =>
  vec3.distance(from.translation, to.translation) > LEFT_SHARE * from.size ||
  quat.angleBetween(from.rotation, to.rotation) > LEFT_RADIANS;

/** Those of the bodies whose support stays, or cannot be helped: what stands on a falling body falls by no fault of its own. */
function rootsOf(bodies: readonly number[], supports: readonly Support[]): number[] {
  const falling = new Set(bodies);
  return bodies.filter((i) => {
    const { on } = supports[i];
    return on === null || !falling.has(on);
  });
}
