/** How far a body can travel before it touches another. */
import { vec3, type Vec3 } from '../../geometry/index.js';
import type { Body } from './body.js';
import type { Convex } from './convex.js';
import { signedDistance } from './distance.js';

/** Below this the bodies count as touching, metres. */
const CONTACT = 1e-5;

/**
 * The way that `a` can go along the unit vector `direction` before it touches `b`; Infinity when it passes.
 * Bodies that overlap at the start, or touch and would go deeper, give 0.
 *
 * Conservative advancement: no step is longer than the gap allows, so that nothing is jumped over.
 */
export function castBody(a: Body, b: Body, direction: Vec3, maxDistance: number, start: Vec3 = vec3.ZERO): number {
  let nearest = maxDistance;
  let met = false;
  for (const p of a.pieces) {
    for (const q of b.pieces) {
      const way = castPiece(p, vec3.add(a.translation, start), q, b.translation, direction, nearest);
      if (way >= nearest && met) continue;
      if (way < Infinity) {
        nearest = Math.min(nearest, way);
        met = true;
      }
    }
  }
  return met ? nearest : Infinity;
}

function castPiece(p: Convex, from: Vec3, q: Convex, at: Vec3, direction: Vec3, maxDistance: number): number {
  if (!sweptBoxesMeet(p, from, q, at, direction, maxDistance)) return Infinity;
  let way = 0;
  for (let round = 0; round < 48; round++) {
    const { distance, normal } = signedDistance(
      { shape: p, offset: vec3.addScaled(from, direction, way) },
      { shape: q, offset: at },
    );
    const closing = -vec3.dot(direction, normal);
    if (distance <= CONTACT) {
      // Touching while moving away, or along, is no hit; overlap always is one.
      return closing > 1e-3 || distance < -10 * CONTACT ? way : Infinity;
    }
    if (closing <= 1e-6) return Infinity;
    way += (distance - 0.5 * CONTACT) / closing;
    if (way > maxDistance) return Infinity;
  }
  return way;
}

function sweptBoxesMeet(p: Convex, from: Vec3, q: Convex, at: Vec3, direction: Vec3, maxDistance: number): boolean {
  for (let k = 0; k < 3; k++) {
    const sweep = direction[k] * maxDistance;
    if (p.bounds[k] + from[k] + Math.min(0, sweep || 0) > q.bounds[3 + k] + at[k]) return false;
    if (p.bounds[3 + k] + from[k] + Math.max(0, sweep || 0) < q.bounds[k] + at[k]) return false;
  }
  return true;
}
