/** Each body stays where the picture shows it: inside the silhouette that its mask gives. */
import { vec3, type Vec3 } from '../../geometry/index.js';
import { poseOf } from '../collide/body.js';
import { shift, type Constraint, type SeparationState } from './constraint.js';
import { meetsAny } from './stay-near.js';

/** Rounds in which it pulls; drawing silhouettes is the dearest thing that the solver does. */
const PULLING_ROUNDS = [1, 2, 7];
/** Lengths of the steps tried along the ground, shares of the body's size. */
const STEPS = [0.08, 0.04, 0.02];
const MAX_MOVES = 8;
/** What moving by one's own size costs, in overlap, when the pose is sure; half of it when it is anyone's guess. */
const COST = 2;

export const stayInSilhouette: Constraint = {
  name: 'stay in the silhouette',
  apply(state, round) {
    if (PULLING_ROUNDS.includes(round)) pullAll(state);
    return 0;
  },
};

/** Steps along the ground, as long as each uncovers less than it costs and meets nothing. */
export function pullAll(state: SeparationState): void {
  state.bodies.forEach((_, i) => state.silhouettes[i] && pull(state, i));
}

function pull(state: SeparationState, i: number): void {
  const { bodies, carried, confidence, estimated, eye, silhouettes } = state;
  const body = bodies[i];
  const cost = (COST * (1 + confidence[i])) / 2;
  const distances = eye && bodies.map(({ translation }) => vec3.distance(translation, eye));
  /** With all that it carries. */
  const worth = (step: Vec3): number => {
    const there = vec3.add(body.translation, step);
    const way = vec3.distance(there, estimated[i]) / body.size;
    const away = eye ? vec3.distance(there, eye) : 0;
    const hides = (j: number): boolean => distances !== null && away < distances[j] && !carried[i].includes(j);
    return [i, ...carried[i]].reduce(
      (sum, k) => {
        const pose = poseOf(bodies[k]);
        const iou = silhouettes[k]?.iou({ ...pose, translation: vec3.add(pose.translation, step) }, hides);
        return sum + (iou ?? 0);
      },
      -cost * way * way,
    );
  };
  let here = worth(vec3.ZERO);
  let moves = 0;
  for (const share of STEPS) {
    for (let moved = true; moved && moves < MAX_MOVES; moves++) {
      moved = false;
      for (const direction of DIRECTIONS) {
        const step = vec3.scale(direction, share * body.size);
        const there = worth(step);
        if (there <= here + 1e-3 || meetsAny(state, i, step)) continue;
        shift(state, i, step);
        here = there;
        moved = true;
      }
    }
  }
}

const DIRECTIONS: readonly Vec3[] = Array.from({ length: 8 }, (_, i) => [
  Math.cos((i * Math.PI) / 4),
  0,
  Math.sin((i * Math.PI) / 4),
]);
