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
    if (!PULLING_ROUNDS.includes(round)) return 0;
    state.bodies.forEach((_, i) => pull(state, i));
    return 0;
  },
};

/** Steps along the ground, as long as each uncovers less than it costs. */
function pull(state: SeparationState, i: number): void {
  const body = state.bodies[i];
  const silhouette = state.silhouettes[i];
  if (!silhouette) return;
  const cost = (COST * (1 + state.confidence[i])) / 2;
  const { eye } = state;
  const distances = eye && state.bodies.map(({ translation }) => vec3.distance(translation, eye));
  const worth = (translation: Vec3): number => {
    const way = vec3.distance(translation, state.estimated[i]) / body.size;
    const away = eye ? vec3.distance(translation, eye) : 0;
    const hides = (j: number): boolean => distances !== null && away < distances[j];
    return silhouette.iou({ ...poseOf(body), translation }, hides) - cost * way * way;
  };
  let here = worth(body.translation);
  let moves = 0;
  for (const share of STEPS) {
    for (let moved = true; moved && moves < MAX_MOVES; moves++) {
      moved = false;
      for (const direction of DIRECTIONS) {
        const step = vec3.scale(direction, share * body.size);
        const there = worth(vec3.add(body.translation, step));
        if (there <= here + 1e-3 || meetsAny(state, i, step)) continue;
        shift(state, i, step);
        here = there;
        moved = true;
      }
    }
  }
}

const DIRECTIONS: readonly Vec3[] = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 0, 1],
  [0, 0, -1],
];
