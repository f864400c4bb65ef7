/**
 * Grounding and separation: a small solver over one file per constraint.
 *
 * Each constraint looks at the bodies and moves them a little towards what it wants; the solver goes round
 * until none has anything left to do. Positions only: no velocities, no forces, no engine.
 */
import { vec3, type Vec3 } from '../../geometry/index.js';
import type { Body } from '../collide/body.js';
import type { GroundPlane } from '../collide/overlaps.js';
import type { Silhouette } from '../silhouette.js';
import type { Support } from '../support.js';
import type { Parting } from './easiest-way.js';

export interface SeparationState {
  bodies: readonly Body[];
  ground: GroundPlane | null;
  supports: Support[];
  /** For each body all that rest on it, directly or not. */
  carried: number[][];
  /** Where each body was estimated to be; in the line of sight, where what it rests on says. */
  estimated: Vec3[];
  /** Those that hang in the air until they get a stand: they are not drawn down. */
  hanging: ReadonlySet<number>;
  /** How sure each pose is, 0 to 1. */
  confidence: readonly number[];
  /** Null where there is nothing to compare with. */
  silhouettes: readonly (Silhouette | null)[];
  /** Where the picture was taken from; null when unknown. */
  eye: Vec3 | null;
  /** Whether distances were measured. */
  measured: boolean;
  /** How readily each body gives way, more than 0; small for what was seen well or carries much. */
  mobility: readonly number[];
  /** How pairs that stood in each other leave each other, by their indices. */
  partings: Map<string, Parting | null>;
}

export interface Constraint {
  readonly name: string;
  /** Moves bodies; returns the largest violation it found, metres. `round` counts from 0. */
  apply(state: SeparationState, round: number): number;
}

/** Shifts a body with everything on it. */
export function shift(state: SeparationState, index: number, by: Vec3): void {
  for (const i of [index, ...state.carried[index]]) {
    state.bodies[i].translation = vec3.add(state.bodies[i].translation, by);
  }
}
