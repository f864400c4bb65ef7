/** What touches what, and what rests on what: from collider geometry alone. */
import { vec3, type Vec3 } from '../geometry/index.js';
import { boxesMeet, type Body } from '../physics/collide/body.js';
import { signedDistance } from '../physics/collide/distance.js';
import { nearbyPairs } from '../physics/collide/overlaps.js';
import { GROUND_NAME, type SceneIndex } from './scene-index.js';

export interface Contact {
  /** Ids; `b` may be `ground`. */
  a: string;
  b: string;
  /** Middle between the nearest, or deepest, points. */
  point: Vec3;
  /** Unit vector from b to a. */
  normal: Vec3;
  /** Metres; negative where the two overlap. */
  distance: number;
}

/** Pairs nearer than this touch, metres: engines leave gaps of a fraction of it. */
export const TOUCH_METERS = 2e-3;

/** One contact for every two pieces that come within `tolerance` metres, and for every piece on the ground. */
export function contactsOf({ scene: { ground }, bodies }: SceneIndex, tolerance = TOUCH_METERS): Contact[] {
  const contacts: Contact[] = [];
  for (const [i, j] of nearbyPairs(bodies, tolerance))
    contacts.push(...contactsBetween(bodies[i], bodies[j], tolerance));
  const lowest = new Float64Array(3);
  for (const { id, pieces, translation } of bodies) {
    for (const piece of pieces) {
      const distance = translation[1] + piece.bounds[1] - ground.height;
      if (distance > tolerance) continue;
      piece.support(0, -1, 0, lowest);
      const [x, , z] = vec3.add(translation, [lowest[0], lowest[1] - piece.radius, lowest[2]]);
      const off = Math.max(Math.abs(x - ground.center[0]), Math.abs(z - ground.center[1]));
      if (off > ground.halfExtent) continue;
      const point: Vec3 = [x, ground.height + distance / 2, z];
      contacts.push({ a: id, b: GROUND_NAME, point, normal: vec3.UP, distance });
    }
  }
  return contacts;
}

function contactsBetween(a: Body, b: Body, tolerance: number): Contact[] {
  const contacts: Contact[] = [];
  if (!boxesMeet(a, b, tolerance)) return contacts;
  for (const p of a.pieces) {
    for (const q of b.pieces) {
      const placed = [
        { shape: p, offset: a.translation },
        { shape: q, offset: b.translation },
      ] as const;
      const { distance, normal, pointA, pointB } = signedDistance(...placed);
      if (distance > tolerance) continue;
      contacts.push({ a: a.id, b: b.id, point: vec3.lerp(pointA, pointB, 0.5), normal, distance });
    }
  }
  return contacts;
}

/** The steepest surface that carries: 60 degrees from level. */
const CARRIES = 0.5;

/** For each object, by id, what it rests on: ids, or `ground`; none where it hangs in the air or is only leant on. */
export function supportsOf(index: SceneIndex, tolerance = TOUCH_METERS): Map<string, string[]> {
  const supports = new Map<string, Set<string>>(index.scene.objects.map(({ id }) => [id, new Set()]));
  for (const { a, b, normal } of contactsOf(index, tolerance)) {
    if (normal[1] >= CARRIES) supports.get(a)?.add(b);
    if (normal[1] <= -CARRIES) supports.get(b)?.add(a);
  }
  return new Map(Array.from(supports, ([id, on]) => [id, [...on]]));
}
