/** Each body touches what it rests on: it goes down to it, or up out of it. */
import type { Vec3 } from '../../geometry/index.js';
import { bodyDistance, bottomOf, scaleAbout } from '../collide/body.js';
import { castBody } from '../collide/cast.js';
import { bottomUp, isOver, OVERHANG_SHARE } from '../support.js';
import { shift, type Constraint, type SeparationState } from './constraint.js';

const DOWN: Vec3 = [0, -1, 0];

export const touchSupport: Constraint = {
  name: 'touch support',
  apply(state, round) {
    let worst = 0;
    if (round === 0) for (const i of bottomUp(state.supports)) moveInSight(state, i);
    for (const i of bottomUp(state.supports)) {
      const gap = gapOf(state, i);
      if (gap === 0) continue;
      worst = Math.max(worst, Math.abs(gap));
      shift(state, i, [0, -gap, 0]);
    }
    return worst;
  },
};

/** Poses as sure as this are not resized; half as unsure again, fully. */
const SURE = 1;
const UNSURE = 0.8;
/** An object's size is estimated to within this factor. */
const MAX_FACTOR = 1.7;

/**
 * What the picture shows of a body does not say how far away it is: a large one afar looks like a small one near.
 * What it stands on says it. So where the picture shows a body, it moves in its line of sight to its support.
 */
function moveInSight(state: SeparationState, i: number): void {
  const { bodies, eye, silhouettes, confidence, supports, carried } = state;
  const { on, gap } = supports[i];
  if (!eye || !silhouettes[i] || on === null) return;
  const share = Math.min(1, Math.max(0, (SURE - confidence[i]) / (SURE - UNSURE)));
  const above = eye[1] - bottomOf(bodies[i]);
  if (!(above > 0)) return;
  const factor = 1 + (share * gap) / above;
  if (!(factor > 1 / MAX_FACTOR && factor < MAX_FACTOR)) return;
  for (const k of [i, ...carried[i]]) {
    scaleAbout(bodies[k], eye, factor);
    state.estimated[k] = bodies[k].translation;
  }
}

/** How far body `i` must fall to touch its support, or anything on the way; negative when it must rise. */
export function gapOf(state: SeparationState, i: number): number {
  const { bodies, ground } = state;
  const { on } = state.supports[i];
  const body = bodies[i];
  const height = body.extent[4] - body.extent[1];
  const toGround = ground ? bottomOf(body) - ground.height : Infinity;
  if (toGround < 0) return toGround;
  if (on !== null && on >= 0) {
    const rise = riseOutOf(state, i, on, height);
    if (rise > 0) return -rise;
  }
  // Whatever it would come to lie on stops it, such as a table; what it only brushes gives way, sideways.
  let fall = toGround;
  bodies.forEach((other, j) => {
    if (j === i || state.carried[i].includes(j) || bottomOf(other) > bottomOf(body) + 1e-6) return;
    if (j !== on && !isOver(body, other, OVERHANG_SHARE)) return;
    const way = castBody(body, other, DOWN, Math.min(fall, 1e6));
    // An overlap sideways is for another constraint; it must not hold the body up.
    if (way < fall && (way > 0 || j === on)) fall = way;
  });
  return fall === Infinity ? 0 : fall;
}

/** The least rise that frees body `i` from body `on`, 0 when it is free. */
function riseOutOf({ bodies }: SeparationState, i: number, on: number, height: number): number {
  const deep = bodyDistance(bodies[i], bodies[on], -1e-5);
  if (!deep) return 0;
  const limit = bodies[on].extent[4] - bodies[on].extent[1] + height;
  for (const share of [0.02, 0.05, 0.1, 0.25, 0.5, 1, 2]) {
    const lift = Math.min(limit, share * height);
    const lifted: Vec3 = [0, lift, 0];
    if (bodyDistance(bodies[i], bodies[on], -1e-5, lifted)) continue;
    const back = castBody(bodies[i], bodies[on], DOWN, lift, lifted);
    return back === Infinity ? 0 : lift - back;
  }
  return 0;
}
