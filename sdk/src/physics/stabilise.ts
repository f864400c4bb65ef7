/** Lets an engine settle the bodies, and repairs those that would not stay where the picture shows them. */
import { quat, vec3 } from '../geometry/index.js';
import type { Ground, Pose, RigidTransform } from '../scene/index.js';
import { bodyDistance, bottomOf, createBody, poseOf } from './collide/body.js';
import { bodyPoints, outlineBetween } from './collide/points.js';
import { marginIn } from './collide/polygon.js';
import type { PhysicsEngine } from './engine.js';
import { flattenContact, type Remedy } from './repair/index.js';
import { worldCenterOfMass } from './repair/remedy.js';
import { settle, type SettleBody } from './settle.js';
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
  maxSeconds: number;
}

export interface Stabilised {
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

/** Afterwards the bodies are where the engine let them rest. */
export function stabilise({
  engine,
  entries,
  ground,
  maxSeconds,
  regroup,
  remedies,
  ...input
}: StabiliseInput): Stabilised {
  const repairs = entries.map((): string[] => []);
  const tried = entries.map(() => 0);
  let { supports } = input;
  let seconds = 0;
  // What geometry shows to fall need not be watched falling.
  const shaky = entries
    .map((_, i) => i)
    .filter((i) => (isBall(entries[i]) ? isWedged(i, entries) : supports[i].on === -1 && isShaky(entries[i])));
  for (const index of shaky) {
    const done = flattenContact({ index, entries, support: supports[index] });
    if (done !== null) repairs[index].push(done);
  }
  if (shaky.length > 0) supports = regroup();
  for (let round = 0; ; round++) {
    const grounded = entries.map(({ body }) => poseOf(body));
    const canRepair = (i: number): boolean => round < MAX_ROUNDS && tried[i] < remedies.length;
    const leaving = (transforms: readonly RigidTransform[]): number[] =>
      rootsOf(
        entries.map((_, i) => i).filter((i) => canRepair(i) && hasLeft(grounded[i], transforms[i])),
        supports,
      );
    const result = settle(engine, entries, ground, {
      maxSeconds,
      nudge: true,
      isOver: (transforms) => leaving(transforms).length > 0,
    });
    seconds += result.seconds;
    let repaired = false;
    for (const index of leaving(result.transforms)) {
      while (canRepair(index)) {
        const remedy = remedies[tried[index]++];
        const done = remedy({ index, entries, support: supports[index] });
        if (done === null) continue;
        repairs[index].push(done);
        repaired = true;
        break;
      }
    }
    if (!repaired && leaving(result.transforms).length === 0) {
      entries.forEach((entry, i) => moveTo(entry, result.transforms[i]));
      return { repairs, grounded, seconds };
    }
    if (!repaired) continue;
    const before = supports;
    supports = regroup();
    supports.forEach(({ on }, i) => on !== before[i].on && (tried[i] = 0));
  }
}

export function moveTo(entry: SettleBody, { rotation, translation }: RigidTransform): void {
  const { id, colliders, size } = entry.body;
  entry.body = createBody(id, colliders, { rotation, translation, size });
}

const isBall = ({ body }: SettleBody): boolean => body.colliders.length === 1 && body.colliders[0].kind === 'sphere';

/** Whether anything but level ground touches the body: engines differ about which way a ball then rolls. */
function isWedged(index: number, entries: readonly SettleBody[]): boolean {
  const { body } = entries[index];
  return entries.some((other, j) => j !== index && bodyDistance(body, other.body, 1e-3 * body.size) !== null);
}

/** Parts this near the ground touch it, share of the size; and the lean that a body must bear, as a tangent. */
const CONTACT_SHARE = 0.002;
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
