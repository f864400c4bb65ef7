/** Where a body meets what carries it. */
import { bottomOf, bodyDistance, topOf, type Body } from '../collide/body.js';
import { bodyPoints, LEVEL, outlineBetween, type Slope } from '../collide/points.js';
import type { Polygon } from '../collide/polygon.js';

/** Bodies farther apart than this share of the upper one's size do not touch. */
const TOUCHING_SHARE = 0.02;
/** Share of a carrier's height below the contact that counts as its top. */
const TOP_SHARE = 0.3;

/** The plane in which a body meets what carries it. */
export interface Contact {
  /** World height of where they touch. */
  height: number;
  slope: Slope;
  /** Height of the plane at the world's origin. */
  origin: number;
}

/** Steeper than this, as a tangent, friction does not hold: such a contact counts as level. */
const MAX_SLOPE = 0.3;

/** Null when the two do not touch. `below` null: the ground. */
export function contactOf(body: Body, below: Body | null): Contact | null {
  if (!below) return { height: bottomOf(body), slope: LEVEL, origin: bottomOf(body) };
  const found = bodyDistance(body, below, TOUCHING_SHARE * body.size);
  if (!found) return null;
  const { pointA, normal } = found;
  const isSteep = Math.hypot(normal[0], normal[2]) > MAX_SLOPE * normal[1];
  const slope: Slope = isSteep ? LEVEL : [-normal[0] / normal[1], -normal[2] / normal[1]];
  return { height: pointA[1], slope, origin: pointA[1] - slope[0] * pointA[0] - slope[1] * pointA[2] };
}

/** The outline of the part of a carrier that something at that height can stand on. */
export function topOutline(below: Body, height: number): Polygon {
  const reach = TOP_SHARE * (topOf(below) - bottomOf(below));
  return outlineBetween(below, bodyPoints(below), height - reach, height + reach);
}
