/** Who rests on what. */
import type { Vec3 } from '../geometry/index.js';
import { bodyDistance, bottomOf, topOf, type Body } from './collide/body.js';
import { castBody } from './collide/cast.js';
import { footprint, type GroundPlane } from './collide/overlaps.js';
import type { SupportEvidence } from './support-evidence.js';

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
 * An object rests on what it reaches by the shortest way: down to what it meets first, or up out of what it has
 * sunk into; resting on the ground costs leaving what it overlaps, too. It can rest only on bodies whose lowest
 * point is below its own, so that the graph has no cycles.
 *
 * @param evidence What the scene claims and the picture shows.
 */
export function findSupports(
  bodies: readonly Body[],
  ground: GroundPlane | null,
  evidence: Evidence = NO_EVIDENCE,
): Support[] {
  return bodies.map((body, i) => {
    const claimed = evidence.claims[i];
    const seen = evidence.seen[i]?.below;
    const options: Support[] = [];
    let deepest = 0;
    bodies.forEach((other, j) => {
      if (j === i || !isBelow(other, j, body, i) || !footprintsMeet(body, other)) return;
      deepest = Math.max(deepest, -(bodyDistance(body, other, 0)?.distance ?? 0));
      const gap = gapTo(body, other);
      const overhang = gap !== null && gap >= -TOUCH_SHARE * body.size ? OVERHANG_SHARE : 0;
      if (gap === null || !isOver(body, other, overhang)) return;
      options.push({ on: j, gap, score: scoreOf(body, gap, claimed === j ? 1 : seen?.[j]) });
    });
    if (ground) {
      const gap = bottomOf(body) - ground.height;
      const bare = seen && 1 - seen.reduce((sum, share) => sum + share, 0);
      options.push({ on: -1, gap, score: scoreOf(body, gap, claimed === -1 ? 1 : bare) });
    }
    if (options.length === 0) return { on: null, gap: 0, score: 0 };
    const costOf = ({ on, gap }: Support): number => {
      if (on === claimed) return Math.abs(gap) - CLAIM_METERS;
      if (on === -1) return Math.abs(gap) + deepest;
      // To climb onto what is not even seen below it is seldom right.
      return gap >= 0 ? gap : -gap * (seen && on !== null && seen[on] < SEEN_SHARE ? UNSEEN_COST : 1);
    };
    return options.reduce((best, option) => (costOf(option) < costOf(best) ? option : best));
  });
}

export interface Evidence {
  /** For each body the support that the scene claims, in the sense of `Support.on`, or undefined. */
  claims: readonly (number | undefined)[];
  seen: SupportEvidence;
}

const NO_EVIDENCE: Evidence = { claims: [], seen: [] };

/** What the scene's own claim is worth beside a shorter way. */
const CLAIM_METERS = 1e-3;
/** A body is seen below another from this share of its columns on; climbing onto one that is not costs so much more. */
const SEEN_SHARE = 0.25;
const UNSEEN_COST = 4;

/** Share of its own width that the middle of a body may lie beyond the edge of what it touches from above. */
export const OVERHANG_SHARE = 0.25;
/** Bodies that have sunk into another by less than this share of their size touch it. */
const TOUCH_SHARE = 0.02;

/**
 * Whether the middle of a body is above another, or beyond its edge by no more than a share of its own width: else it
 * would tip off, and only leans there.
 */
export function isOver(body: Body, below: Body, overhang: number): boolean {
  const [p, q] = [footprint(body), footprint(below)];
  return [0, 1].every((axis) => {
    const middle = (p[axis] + p[axis + 2]) / 2;
    const beyond = overhang * (p[axis + 2] - p[axis]);
    return middle > q[axis] - beyond && middle < q[axis + 2] + beyond;
  });
}

/** From the contact alone, or four parts of it and one of what the picture says. */
function scoreOf(body: Body, gap: number, shown: number | null | undefined): number {
  const height = Math.max(body.extent[4] - body.extent[1], 1e-6);
  const contact = Math.exp(-(((2 * gap) / height) ** 2));
  return shown == null ? contact : 0.8 * contact + 0.2 * Math.min(1, Math.max(0, shown));
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
export function gapTo(body: Body, below: Body): number | null {
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
