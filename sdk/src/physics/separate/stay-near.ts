/** Each body stays near where it was seen. */
import { vec3, type Vec3 } from '../../geometry/index.js';
import { bodyDistance, boxesMeet } from '../collide/body.js';
import { castBody } from '../collide/cast.js';
import { shift, type Constraint, type SeparationState } from './constraint.js';
import { CLEARANCE, OVERLAP_TOLERANCE } from './stay-out.js';

/** Rounds in which it pulls; afterwards the other constraints have the last word. */
const PULLING_ROUNDS = 24;

export const stayNear: Constraint = {
  name: 'stay near the estimate',
  apply(state, round) {
    if (round === 0 || round >= PULLING_ROUNDS) return 0;
    state.bodies.forEach((body, i) => {
      const back = vec3.sub(state.estimated[i], body.translation);
      const way = Math.hypot(back[0], back[2]);
      // What gave way once more than it had to comes back; what had to stays.
      if (way < 1e-4 || meetsAny(state, i, vec3.ZERO)) return;
      const direction: Vec3 = [back[0] / way, 0, back[2] / way];
      shift(state, i, vec3.scale(direction, freeWay(state, i, direction, way)));
    });
    return 0;
  },
};

/** How far a body can go along the ground before it meets another. */
function freeWay({ bodies, carried }: SeparationState, i: number, direction: Vec3, way: number): number {
  let free = way;
  bodies.forEach((other, j) => {
    if (j !== i && !carried[i].includes(j))
      free = Math.min(free, castBody(bodies[i], other, direction, free) - CLEARANCE);
  });
  return Math.max(0, free);
}

/** Whether a body, shifted so with what it carries, overlaps any other. */
export function meetsAny({ bodies, carried }: SeparationState, i: number, step: Vec3): boolean {
  return bodies.some(
    (other, j) =>
      j !== i &&
      !carried[i].includes(j) &&
      boxesMeet(bodies[i], other, 0, step) &&
      bodyDistance(bodies[i], other, -OVERLAP_TOLERANCE, step) !== null,
  );
}
