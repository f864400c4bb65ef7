/** Moves bodies as little as it can until they touch what they rest on and overlap nothing. */
import type { Vec3 } from '../../geometry/index.js';
import type { Body } from '../collide/body.js';
import type { GroundPlane } from '../collide/overlaps.js';
import { carriedBy, findSupports, type Evidence, type Support } from '../support.js';
import type { Silhouette } from '../silhouette.js';
import type { Constraint, SeparationState } from './constraint.js';
import { pullAll, stayInSilhouette } from './stay-in-silhouette.js';
import { stayNear } from './stay-near.js';
import { OVERLAP_TOLERANCE, stayOut } from './stay-out.js';
import { touchSupport } from './touch-support.js';

const CONSTRAINTS: readonly Constraint[] = [touchSupport, stayNear, stayInSilhouette, stayOut];

export interface SeparateInput {
  bodies: readonly Body[];
  ground: GroundPlane | null;
  /** How sure each pose is, 0 to 1. */
  confidence: readonly number[];
  /** Where the picture was taken from, and where it shows each body. Absent: it has no say. */
  eye?: Vec3 | null | undefined;
  silhouettes?: readonly (Silhouette | null)[];
  /** Whether distances were measured: then silhouettes, which do not tell them, pull at no body, and every way counts. */
  measured?: boolean;
  /** Bodies that hang in the air; absent: none. */
  hanging?: ReadonlySet<number>;
  /** What each body is known to rest on. */
  evidence: Evidence;
}

const MAX_ROUNDS = 60;
/** The graph is drawn anew as bodies move: what was inside a box may now stand on it. */
const ROUNDS_PER_GRAPH = 6;

/** Changes the translations of `bodies`; returns what each rests on in the end. */
export function separate(input: SeparateInput): Support[] {
  const {
    bodies,
    ground,
    confidence,
    evidence,
    eye = null,
    silhouettes = [],
    measured = false,
    hanging = new Set(),
  } = input;
  const estimated = bodies.map((body): Vec3 => body.translation);
  const state: SeparationState = {
    bodies,
    ground,
    supports: [],
    carried: [],
    estimated,
    confidence,
    silhouettes,
    eye,
    measured,
    hanging,
    mobility: [],
    partings: new Map(),
  };
  const constraints = CONSTRAINTS.filter((constraint) => !measured || constraint !== stayInSilhouette);
  const drawGraph = (): void => {
    state.supports = findSupports(bodies, ground, evidence);
    state.carried = carriedBy(state.supports);
    state.partings.clear();
    state.mobility = bodies.map(
      (_, i) => (1.1 - Math.min(1, Math.max(0, confidence[i]))) / (1 + state.carried[i].length),
    );
  };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (round % ROUNDS_PER_GRAPH === 0) drawGraph();
    let worst = 0;
    for (const constraint of constraints) worst = Math.max(worst, constraint.apply(state, round));
    if (worst <= 2 * OVERLAP_TOLERANCE && round > 0) break;
  }
  drawGraph();
  if (eye && !measured) pullAll(state);
  touchSupport.apply(state, MAX_ROUNDS);
  return findSupports(bodies, ground, evidence);
}
