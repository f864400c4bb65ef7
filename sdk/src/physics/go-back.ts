/** Lets settled bodies go back to where the picture shows them, and asks the engine whether they still stay. */
import { vec3 } from '../geometry/index.js';
import type { Pose, RigidTransform } from '../scene/index.js';
import { createBody } from './collide/body.js';
import type { PhysicsEngine } from './engine.js';
import { movedOnGround } from './ground-move.js';
import { leaveAlone } from './leave-alone.js';
import type { PreparedScene } from './prepare.js';
import { centimetres, degrees } from './repair/remedy.js';
import { MAX_PENETRATION_METERS, stays, type StabilityLimits } from './report.js';
import { returnToPicture, type Returned } from './return-to-picture.js';
import type { Arrangement } from './separate/arrangement.js';
import type { Sight } from './sight.js';
import type { Stabilised } from './stabilise.js';
import { findSupports } from './support.js';

export interface GoBackInput {
  engine: PhysicsEngine;
  prepared: PreparedScene;
  sight: Sight;
  estimated: readonly Pose[];
  arrangement: Pick<Arrangement, 'placed' | 'reweigh'>;
  settled: Stabilised;
  limits: StabilityLimits & { checkSeconds: number };
}

/** The bodies where they then are; as they had settled, where one that stayed would not any more, or overlaps. */
export function goBack({ engine, prepared, sight, estimated, arrangement, settled, limits }: GoBackInput): Stabilised {
  const { entries, ground } = prepared;
  const { eye, evidence } = sight;
  if (!eye) return settled;
  const bodies = entries.map(({ body }) => body);
  const supports = findSupports(bodies, ground, evidence);
  const { placed } = arrangement;
  const returned = returnToPicture({ bodies, ground, supports, estimated, placed, sight: { ...sight, eye } });
  if (returned.length === 0) return settled;

  const before = entries.map((entry) => ({ ...entry }));
  for (const { members, poses } of returned) {
    members.forEach((i, k) => {
      entries[i].body = createBody(bodies[i].id, bodies[i].colliders, poses[k]);
      arrangement.reweigh(i);
    });
  }
  const wasStill = settled.settled.map((pose, i) => stays(pose, settled.alone[i], limits));
  const isStill = (from: readonly Pose[], to: readonly RigidTransform[]): boolean =>
    from.every((pose, i) => !wasStill[i] || stays(pose, to[i], limits));
  const left = leaveAlone({
    engine,
    entries,
    ground,
    regroup: () => undefined,
    limits,
    isOver: (from, to) => !isStill(from, to),
  });
  const isClear = left.depths.every((depth, i) => depth <= Math.max(MAX_PENETRATION_METERS, settled.depths[i]));
  if (!isClear || !isStill(left.settled, left.alone)) {
    before.forEach((entry, i) => Object.assign(entries[i], entry));
    return settled;
  }
  const [repairs, grounded] = [[...settled.repairs], [...settled.grounded]];
  for (const { members, pivot, move } of returned) {
    for (const i of members) {
      repairs[i] = [...repairs[i], wordsOf(move)];
      grounded[i] = movedOnGround(grounded[i], pivot, move);
    }
  }
  return { ...settled, ...left, repairs, grounded };
}

function wordsOf({ by, turn, factor }: Returned['move']): string {
  const [way, size] = [centimetres(vec3.length(by)), `${(100 * factor).toFixed(0)} %`];
  return `put back to where the picture shows it: moved ${way}, turned ${degrees(Math.abs(turn))}, sized to ${size}`;
}
