/** Each body stays near where it was seen, the more so the surer that was. */
import { vec3, type Vec3 } from '../../geometry/index.js';
import { bodyDistance, boxesMeet } from '../collide/body.js';
import type { Constraint, SeparationState } from './constraint.js';
import { OVERLAP_TOLERANCE } from './stay-out.js';

/** Rounds in which it pulls; afterwards the other constraints have the last word. */
const PULLING_ROUNDS = 12;

export const stayNear: Constraint = {
  name: 'stay near the estimate',
  apply(state, round) {
    if (round === 0 || round >= PULLING_ROUNDS) return 0;
    state.bodies.forEach((body, i) => {
      const back = vec3.sub(state.estimated[i], body.translation);
      const pull: Vec3 = [back[0], 0, back[2]];
      if (vec3.length(pull) < 1e-4) return;
      const step = vec3.scale(pull, 0.5 / (1 + state.mobility[i]));
      // What gave way once more than it had to comes back; what had to stays.
      if (state.carried[i].length === 0 && !meetsAny(state, i, step))
        body.translation = vec3.add(body.translation, step);
    });
    return 0;
  },
};

function meetsAny({ bodies }: SeparationState, i: number, step: Vec3): boolean {
  return bodies.some(
    (other, j) =>
      j !== i &&
      boxesMeet(bodies[i], other, 0, step) &&
      bodyDistance(bodies[i], other, -OVERLAP_TOLERANCE, step) !== null,
  );
}
