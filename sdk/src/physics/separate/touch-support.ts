/** Each body touches what it rests on: it goes down to it, or up out of it. */
import type { Vec3 } from '../../geometry/index.js';
import { bodyDistance, bottomOf } from '../collide/body.js';
import { castBody } from '../collide/cast.js';
import { bottomUp, isOver, OVERHANG_SHARE } from '../support.js';
import { shift, type Constraint, type SeparationState } from './constraint.js';

const DOWN: Vec3 = [0, -1, 0];

export const touchSupport: Constraint = {
  name: 'touch support',
  apply(state) {
    let worst = 0;
    for (const i of bottomUp(state.supports)) {
      if (state.hanging.has(i)) continue;
      const gap = gapOf(state, i);
      if (gap === 0) continue;
      worst = Math.max(worst, Math.abs(gap));
      shift(state, i, [0, -gap, 0]);
    }
    return worst;
  },
};

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
