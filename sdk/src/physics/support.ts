/** Who rests on what. */
import type { Vec3 } from '../geometry/index.js';
import { bodyDistance, bottomOf, topOf, type Body } from './collide/body.js';
import { castBody } from './collide/cast.js';
import { footprint, type GroundPlane } from './collide/overlaps.js';

export interface Support {
  /** Index of the body it rests on; -1 the ground; null when nothing is below. */
  on: number | null;
  /** How far it must go down to touch, metres; negative: up. */
  gap: number;
  /** How well the contact explains the object, 0 to 1. */
  score: number;
}

const DOWN: Vec3 = [0, -1, 0];

/** Share of an object's height by which it may have sunk into what carries it. */
const LIFTS = [0, 0.1, 0.25, 0.5, 0.8];

/**
 * The support of each body, from geometry and, where the scene says, from what the picture showed.
 *
 * An object rests on what it meets first on its way down, after being lifted out of what it has sunk into by
 * as little as frees it. It can rest only on bodies whose lowest point is below its own, so that the graph
 * has no cycles.
 *
 * @param evidence For each body the support the scene claims, in the sense of `Support.on`, or undefined.
 */
export function findSupports(
  bodies: readonly Body[],
  ground: GroundPlane | null,
  evidence: readonly (number | undefined)[] = [],
): Support[] {
  return bodies.map((body, i) => {
    const candidates = bodies.map((other, j) =>
      j !== i && isBelow(other, j, body, i) && footprintsMeet(body, other) ? j : -1,
    );
    const options: Support[] = [];
    for (const j of candidates) {
      if (j < 0) continue;
      const gap = gapTo(body, bodies[j]);
      if (gap !== null) options.push({ on: j, gap, score: scoreOf(body, gap, evidence[i] === j) });
    }
    if (ground) {
      const gap = bottomOf(body) - ground.height;
      options.push({ on: -1, gap, score: scoreOf(body, gap, evidence[i] === -1) });
    }
    if (options.length === 0) return { on: null, gap: 0, score: 0 };
    // The highest thing below carries, unless the picture says otherwise.
    return options.reduce((best, option) =>
      preference(option, evidence[i]) < preference(best, evidence[i]) ? option : best,
    );
  });
}

const preference = (support: Support, claimed: number | undefined): number =>
  support.gap - (support.on === claimed ? 1e-3 : 0);

function scoreOf(body: Body, gap: number, claimed: boolean): number {
  const size = Math.max(body.extent[4] - body.extent[1], 1e-6);
  const share = (2 * gap) / size;
  return Math.min(1, Math.exp(-share * share) + (claimed ? 0.2 : 0));
}

function isBelow(other: Body, j: number, body: Body, i: number): boolean {
  const difference = bottomOf(other) - bottomOf(body);
  const tie = 1e-6;
  return (
    difference < -tie ||
    (Math.abs(difference) <= tie && topOf(other) < topOf(body)) ||
    (Math.abs(difference) <= tie && topOf(other) === topOf(body) && j < i)
  );
}

function footprintsMeet(a: Body, b: Body): boolean {
  const [p, q] = [footprint(a), footprint(b)];
  return p[0] < q[2] && q[0] < p[2] && p[1] < q[3] && q[1] < p[3];
}

/** How far `body` can fall before it meets `below`; negative when it must first rise. Null when it misses. */
function gapTo(body: Body, below: Body): number | null {
  const height = body.extent[4] - body.extent[1];
  for (const share of LIFTS) {
    const lift = share * height;
    const shift: Vec3 = [0, lift, 0];
    const overlap = bodyDistance(body, below, -1e-4, shift);
    if (overlap) continue;
    const fall = castBody(body, below, DOWN, bottomOf(body) + lift - bottomOf(below) + height, shift);
    return fall === Infinity ? null : fall - lift;
  }
  return null;
}

/** Bodies in an order in which each comes after what it rests on. */
export function bottomUp(supports: readonly Support[]): number[] {
  const order: number[] = [];
  const state = new Uint8Array(supports.length);
  const visit = (i: number): void => {
    if (state[i] > 0) return;
    state[i] = 1;
    const { on } = supports[i];
    if (on !== null && on >= 0) visit(on);
    order.push(i);
  };
  supports.forEach((_, i) => visit(i));
  return order;
}

/** For each body all that rest on it, directly or not. */
export function carriedBy(supports: readonly Support[]): number[][] {
  const carried: number[][] = supports.map(() => []);
  supports.forEach((_, i) => {
    const seen = new Set([i]);
    for (let on = supports[i].on; on !== null && on >= 0 && !seen.has(on); on = supports[on].on) {
      seen.add(on);
      carried[on].push(i);
    }
  });
  return carried;
}
