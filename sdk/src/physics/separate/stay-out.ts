/** No body overlaps another or the ground. */
import { vec3, type Vec3 } from '../../geometry/index.js';
import { bodyDistance, bottomOf, type Body } from '../collide/body.js';
import { nearbyPairs } from '../collide/overlaps.js';
import { easiestWay, wayOut, type Parting } from './easiest-way.js';
import { shift, type Constraint, type SeparationState } from './constraint.js';

/** Overlaps up to this are left to the engine, metres. */
export const OVERLAP_TOLERANCE = 1e-4;

/** Pushed apart this much farther, so that rounding does not bring the pair back. */
export const CLEARANCE = 5e-5;

export const stayOut: Constraint = {
  name: 'stay out of others',
  apply(state) {
    let worst = 0;
    const { bodies, ground } = state;
    if (ground) {
      bodies.forEach((body, i) => {
        const depth = ground.height - bottomOf(body);
        if (depth <= OVERLAP_TOLERANCE) return;
        worst = Math.max(worst, depth);
        shift(state, i, [0, depth, 0]);
      });
    }
    for (const [a, b] of nearbyPairs(bodies, 0)) {
      const overlap = bodyDistance(bodies[a], bodies[b], -OVERLAP_TOLERANCE);
      if (!overlap) continue;
      worst = Math.max(worst, -overlap.distance);
      part(state, a, b, overlap.normal, -overlap.distance + CLEARANCE);
    }
    return worst;
  },
};

/** Moves two overlapping bodies apart. `normal` points from b to a. */
function part(state: SeparationState, a: number, b: number, normal: Vec3, depth: number): void {
  const { supports, mobility } = state;
  const aCarried = supports[a].on === b || state.carried[b].includes(a);
  const bCarried = supports[b].on === a || state.carried[a].includes(b);
  if (aCarried || bCarried) {
    // What is carried gives way alone, and never downward.
    const [mover, away] = aCarried ? [a, normal] : [b, vec3.scale(normal, -1)];
    const direction: Vec3 = away[1] < 0 ? flattened(away) : away;
    shift(state, mover, vec3.scale(direction, depth / Math.max(0.2, vec3.dot(direction, away))));
    return;
  }
  // Side by side: along the ground, so that neither is lifted off or pushed into what carries it.
  const shown = wayShown(state, a, b);
  const direction = shown?.direction ?? sideways(state.bodies[a], state.bodies[b], normal);
  const way = shown
    ? wayOut(state.bodies[a], state.bodies[b], direction) + CLEARANCE
    : depth / Math.max(0.2, vec3.dot(direction, normal));
  const share = shown?.share ?? mobility[a] / (mobility[a] + mobility[b]);
  shift(state, a, vec3.scale(direction, way * share));
  shift(state, b, vec3.scale(direction, way * (share - 1)));
}

/** Remembered until the graph is drawn anew, so that a pair does not waver. */
function wayShown(state: SeparationState, a: number, b: number): Parting | null {
  const key = `${a} ${b}`;
  let found = state.partings.get(key);
  if (found === undefined) state.partings.set(key, (found = easiestWay(state, a, b)));
  return found;
}

function flattened(normal: Vec3): Vec3 {
  return vec3.normalize([normal[0], 0, normal[2]], [1, 0, 0]);
}

/** The horizontal direction to part two bodies in; from middle to middle where the overlap itself is upright. */
function sideways(a: Body, b: Body, normal: Vec3): Vec3 {
  if (Math.hypot(normal[0], normal[2]) > 0.3) return flattened(normal);
  const middle = (body: Body): Vec3 => [
    body.translation[0] + (body.extent[0] + body.extent[3]) / 2,
    0,
    body.translation[2] + (body.extent[2] + body.extent[5]) / 2,
  ];
  // Two bodies in one place have no direction; they get one.
  return vec3.normalize(vec3.sub(middle(a), middle(b)), [1, 0, 0]);
}
