/** Moves bodies as little as it can until they touch what they rest on and overlap nothing. */
import type { Vec3 } from '../../geometry/index.js';
import type { Body } from '../collide/body.js';
import type { GroundPlane } from '../collide/overlaps.js';
import { carriedBy, findSupports, type Support } from '../support.js';
import type { Constraint, SeparationState } from './constraint.js';
import { stayNear } from './stay-near.js';
import { OVERLAP_TOLERANCE, stayOut } from './stay-out.js';
import { touchSupport } from './touch-support.js';

const CONSTRAINTS: readonly Constraint[] = [touchSupport, stayNear, stayOut];

export interface SeparateInput {
  bodies: readonly Body[];
  ground: GroundPlane | null;
  /** How sure each pose is, 0 to 1. */
  confidence: readonly number[];
  /** What the scene says each body rests on, in the sense of `Support.on`. */
  evidence: readonly (number | undefined)[];
}

const MAX_ROUNDS = 60;
/** The graph is drawn anew as bodies move: what was inside a box may now stand on it. */
const ROUNDS_PER_GRAPH = 6;

/** Changes the translations of `bodies`; returns what each rests on in the end. */
export function separate({ bodies, ground, confidence, evidence }: SeparateInput): Support[] {
  const estimated = bodies.map((body): Vec3 => body.translation);
  const state: SeparationState = { bodies, ground, supports: [], carried: [], estimated, mobility: [] };
  const drawGraph = (): void => {
    state.supports = findSupports(bodies, ground, evidence);
    state.carried = carriedBy(state.supports);
    state.mobility = bodies.map(
      (_, i) => (1.1 - Math.min(1, Math.max(0, confidence[i]))) / (1 + state.carried[i].length),
    );
  };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (round % ROUNDS_PER_GRAPH === 0) drawGraph();
    let worst = 0;
    for (const constraint of CONSTRAINTS) worst = Math.max(worst, constraint.apply(state, round));
    if (worst <= 2 * OVERLAP_TOLERANCE && round > 0) break;
  }
  drawGraph();
  touchSupport.apply(state, MAX_ROUNDS);
  return findSupports(bodies, ground, evidence);
}
