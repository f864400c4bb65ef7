/** Where a body meets what carries it. */
import { bottomOf, bodyDistance, topOf, type Body } from '../collide/body.js';
import { bodyPoints, outlineBetween } from '../collide/points.js';
import type { Polygon } from '../collide/polygon.js';

/** Bodies farther apart than this share of the upper one's size do not touch. */
const TOUCHING_SHARE = 0.02;
/** Share of a carrier's height below the contact that counts as its top. */
const TOP_SHARE = 0.3;

/** World height of the contact; null when the two do not touch. `below` null: the ground. */
export function contactHeight(body: Body, below: Body | null): number | null {
  if (!below) return bottomOf(body);
  return bodyDistance(body, below, TOUCHING_SHARE * body.size)?.pointA[1] ?? null;
}

/** The outline of the part of a carrier that something at that height can stand on. */
export function topOutline(below: Body, height: number): Polygon {
  const reach = TOP_SHARE * (topOf(below) - bottomOf(below));
  return outlineBetween(below, bodyPoints(below), height - reach, height + reach);
}
