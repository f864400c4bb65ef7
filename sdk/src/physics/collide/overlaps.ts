/** Which bodies overlap, and how deep. Geometry alone: the engine that settles a scene has no say in it. */
import type { Vec3 } from '../../geometry/index.js';
import { bodyDistance, bottomOf, type Body } from './body.js';
import type { Separation } from './distance.js';

export interface Overlap {
  /** Indices into the bodies. */
  a: number;
  b: number;
  /** With `distance` negative; normal from b to a. */
  separation: Separation;
}

/** Pairs of bodies whose boxes come within `margin`, in order of index. Sweeps along x. */
export function nearbyPairs(bodies: readonly Body[], margin: number): [number, number][] {
  const low = (i: number): number => bodies[i].translation[0] + bodies[i].extent[0];
  const order = bodies.map((_, i) => i).sort((i, j) => low(i) - low(j) || i - j);
  const pairs: [number, number][] = [];
  let active: number[] = [];
  for (const i of order) {
    active = active.filter((j) => bodies[j].translation[0] + bodies[j].extent[3] + margin >= low(i));
    for (const j of active) if (meetAcross(bodies[i], bodies[j], margin)) pairs.push(i < j ? [i, j] : [j, i]);
    active.push(i);
  }
  return pairs.sort(([a, b], [c, d]) => a - c || b - d);
}

function meetAcross(a: Body, b: Body, margin: number): boolean {
  for (const k of [1, 2]) {
    if (a.translation[k] + a.extent[k] > b.translation[k] + b.extent[3 + k] + margin) return false;
    if (b.translation[k] + b.extent[k] > a.translation[k] + a.extent[3 + k] + margin) return false;
  }
  return true;
}

/** Every pair that overlaps by more than `tolerance` metres. */
export function findOverlaps(bodies: readonly Body[], tolerance = 0): Overlap[] {
  const overlaps: Overlap[] = [];
  for (const [a, b] of nearbyPairs(bodies, 0)) {
    const separation = bodyDistance(bodies[a], bodies[b], -tolerance);
    if (separation) overlaps.push({ a, b, separation });
  }
  return overlaps;
}

/** The plane that everything rests on: `y = height`. */
export interface GroundPlane {
  height: number;
}

/** For each body the depth of its deepest overlap with another or the ground, metres, 0 or more. */
export function penetrationDepths(bodies: readonly Body[], ground: GroundPlane | null): Float64Array {
  const depths = new Float64Array(bodies.length);
  if (ground) bodies.forEach((body, i) => (depths[i] = Math.max(0, ground.height - bottomOf(body))));
  for (const { a, b, separation } of findOverlaps(bodies)) {
    depths[a] = Math.max(depths[a], -separation.distance);
    depths[b] = Math.max(depths[b], -separation.distance);
  }
  return depths;
}

/** The horizontal box of a body in the world: min x, min z, max x, max z. */
export function footprint(body: Body): readonly [number, number, number, number] {
  const [x, , z]: Vec3 = body.translation;
  return [x + body.extent[0], z + body.extent[2], x + body.extent[3], z + body.extent[5]];
}
