/** Lets settled bodies go back to where the picture shows them, and asks the engine whether they still stay. */
import { vec3 } from '../geometry/index.js';
import type { Pose, RigidTransform } from '../scene/index.js';
import { createBody } from './collide/body.js';
import type { PhysicsEngine } from './engine.js';
import { movedOnGround } from './ground-move.js';
import { leaveAlone, type LeftAlone } from './leave-alone.js';
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

/**
 * The bodies where they then are; those groups as they had settled in which one that stayed would not any more, or
 * overlaps.
 */
export function goBack({ engine, prepared, sight, estimated, arrangement, settled, limits }: GoBackInput): Stabilised {
  const { entries, ground } = prepared;
  const { eye, evidence } = sight;
  if (!eye) return settled;
  const bodies = entries.map(({ body }) => body);
  const supports = findSupports(bodies, ground, evidence);
  const { placed } = arrangement;
  const before = entries.map((entry) => ({ ...entry }));
  const wasStill = settled.settled.map((pose, i) => stays(pose, settled.alone[i], limits));
  const moves = (i: number, from: readonly Pose[], to: readonly RigidTransform[]): boolean =>
    wasStill[i] && !stays(from[i], to[i], limits);

  let groups = returnToPicture({ bodies, ground, supports, estimated, placed, sight: { ...sight, eye } });
  while (groups.length > 0) {
    for (const { members, poses } of groups) {
      members.forEach((i, k) => {
        entries[i].body = createBody(bodies[i].id, bodies[i].colliders, poses[k]);
        arrangement.reweigh(i);
      });
    }
    const left = leaveAlone({
      engine,
      entries,
      ground,
      regroup: () => undefined,
      limits,
      isOver: (from, to) => from.some((_, i) => moves(i, from, to)),
    });
    const fails = (i: number): boolean =>
      left.depths[i] > Math.max(MAX_PENETRATION_METERS, settled.depths[i]) || moves(i, left.settled, left.alone);
    if (!bodies.some((_, i) => fails(i))) return withWords(settled, left, groups);
    before.forEach((entry, i) => Object.assign(entries[i], entry));
    const sound = groups.filter(({ members }) => !members.some(fails));
    // What fails without having gone back is in the way of one that did.
    groups = sound.length < groups.length ? sound : [];
  }
  return settled;
}

function withWords(settled: Stabilised, left: LeftAlone, groups: readonly Returned[]): Stabilised {
  const [repairs, grounded] = [[...settled.repairs], [...settled.grounded]];
  for (const { members, pivot, move } of groups) {
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
