/** What counts against a place for a body, whichever way it was found. */
import { bodyDistance, bottomOf, type Body } from '../collide/body.js';
import { footprint } from '../collide/overlaps.js';
import { marginIn } from '../collide/polygon.js';
import { topOutline } from '../repair/contact.js';
import type { Evidence } from '../support.js';
import type { SeenAround } from '../support-evidence.js';

/**
 * In shares of the body that it makes differ from the picture: overlapping what stands already by its own size;
 * hanging out so far; and standing where the picture shows something else below it, or all around its foot.
 */
const COSTS = { overlap: 1, overhang: 2, notBelow: 0.25, within: 0.4 } as const;

export interface Neighbourhood {
  bodies: readonly Body[];
  /** Those that stand already. */
  placed: readonly number[];
  evidence: Evidence;
}

/** What counts against body `i` standing where it is on `on`, as `Support.on`. */
export function standingCost({ bodies, placed, evidence }: Neighbourhood, i: number, on: number): number {
  return (
    overlapCost(bodies, placed, i, on) +
    COSTS.overhang * overhangOf(bodies[i], bodies[on]) +
    (evidence.claims[i] === on ? 0 : unseenCost(evidence.seen[i], on))
  );
}

/** What it costs that body `i` overlaps those that stand already, but for `on`. */
export function overlapCost(bodies: readonly Body[], placed: readonly number[], i: number, on?: number): number {
  let depth = 0;
  for (const j of placed) if (j !== on) depth -= bodyDistance(bodies[i], bodies[j], 0)?.distance ?? 0;
  return (COSTS.overlap * depth) / bodies[i].size;
}

/** How far the middle of a body is beyond the edge of what carries it, in shares of its size. */
function overhangOf(body: Body, below: Body | undefined): number {
  if (!below) return 0;
  const [x0, z0, x1, z1] = footprint(body);
  const margin = marginIn(topOutline(below, bottomOf(body)), [(x0 + x1) / 2, (z0 + z1) / 2]);
  return Math.min(1, Math.max(0, -margin / body.size));
}

function unseenCost(around: SeenAround | null | undefined, on: number): number {
  if (!around) return 0;
  const total = (shares: readonly number[]): number => shares.reduce((sum, share) => sum + share, 0);
  if (on < 0) return COSTS.within * Math.min(1, total(around.within));
  const others = total(around.within) - around.within[on];
  return COSTS.notBelow * (1 - around.below[on]) + COSTS.within * Math.min(1, others);
}

/** From the lowest up, but what may carry a body before it. */
export function placingOrder(bodies: readonly Body[], { seen, claims }: Evidence): number[] {
  const order: number[] = [];
  const state = new Uint8Array(bodies.length);
  const visit = (i: number): void => {
    if (state[i] > 0) return;
    state[i] = 1;
    bodies.forEach((_, j) => (claims[i] === j || (seen[i]?.within[j] ?? 0) >= 0.5) && visit(j));
    order.push(i);
  };
  const upward = bodies.map((_, i) => i).sort((i, j) => bottomOf(bodies[i]) - bottomOf(bodies[j]) || i - j);
  upward.forEach(visit);
  return order;
}
