/** How two bodies that stand side by side leave each other so that the picture changes least. */
import { vec3, type Vec3 } from '../../geometry/index.js';
import { bodyDistance, poseOf, type Body } from '../collide/body.js';
import { castBody } from '../collide/cast.js';
import type { SeparationState } from './constraint.js';

export interface Parting {
  /** Along the ground; the way of the first body, the second goes the other way. */
  direction: Vec3;
  /** How much of it the first body goes; the second goes the rest. */
  share: number;
}

/** Directions along the ground that are tried. */
const COMPASS = Array.from({ length: 12 }, (_, i): Vec3 => [
  Math.cos((i * Math.PI) / 6),
  0,
  Math.sin((i * Math.PI) / 6),
]);
/**
 * What a way of one's own size costs beside a silhouette lost: next to nothing where distances are guesses, but where
 * they were measured as much as all of it. And what reaching into a third body by that much costs.
 */
const WAY_COSTS = { guessed: 0.1, measured: 1 } as const;
const OVERLAP_COST = 1;

/** Of the ways for `a` and `b` to part, and who goes, that which costs least; null where the picture shows neither. */
export function easiestWay(state: SeparationState, a: number, b: number): Parting | null {
  const { bodies, silhouettes } = state;
  if (!silhouettes[a] && !silhouettes[b]) return null;
  const moving = [a, b].flatMap((i) => [i, ...state.carried[i]]);
  const shown = bodies.map((body, i) => (moving.includes(i) && silhouettes[i]?.iou(poseOf(body))) || 0);
  let best: Parting | null = null;
  let least = Infinity;
  for (const direction of COMPASS) {
    const way = wayOut(bodies[a], bodies[b], direction);
    for (const share of [0, 0.5, 1]) {
      const cost =
        costOf(state, shown, a, vec3.scale(direction, share * way), b) +
        costOf(state, shown, b, vec3.scale(direction, (share - 1) * way), a);
      if (cost < least) [least, best] = [cost, { direction, share }];
    }
  }
  return best;
}

/** What it costs to shift body `i` and all that it carries, away from body `from`. `shown`: of each silhouette before. */
function costOf(
  { bodies, carried, silhouettes, mobility, measured }: SeparationState,
  shown: readonly number[],
  i: number,
  by: Vec3,
  from: number,
): number {
  const way = vec3.length(by);
  if (way === 0) return 0;
  const wayCost = measured ? WAY_COSTS.measured : WAY_COSTS.guessed;
  let cost = (wayCost * way) / bodies[i].size / mobility[i];
  for (const k of [i, ...carried[i]]) {
    const pose = poseOf(bodies[k]);
    const moved = { ...pose, translation: vec3.add(pose.translation, by) };
    const silhouette = silhouettes[k];
    if (silhouette) cost += shown[k] - silhouette.iou(moved);
  }
  bodies.forEach((other, j) => {
    if (j === i || j === from || carried[i].includes(j)) return;
    const depth = -(bodyDistance(bodies[i], other, 0, by)?.distance ?? 0);
    cost += (OVERLAP_COST * Math.max(0, depth)) / bodies[i].size;
  });
  return cost;
}

/** How far `a` must go along a direction to leave `b`: what is left of a way back from where it surely has. */
export function wayOut(a: Body, b: Body, direction: Vec3): number {
  const far = vec3.distance(a.translation, b.translation) + 2 * (a.size + b.size);
  const back = castBody(a, b, vec3.scale(direction, -1), far, vec3.scale(direction, far));
  return back === Infinity ? 0 : far - back;
}
