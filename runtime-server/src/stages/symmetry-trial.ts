/** What a symmetry of an object costs: where its points come to lie, against what was seen and what was generated. */
import type { Tensor } from '../models/tensor.js';
import type { MirrorPlane, UprightAxis } from './symmetry.js';

/** Everything in coordinates of the object's cube, -1 to 1, y up. */
export interface SeenObject {
  /** On the surface that was seen, stride 3; a hundred or two are enough. */
  points: Float32Array;
  /** From `observedField`. */
  observed: Tensor;
  /** The generated field's signed distances [z][y][x]. */
  generated: Float32Array;
  /** Voxels along a side of `observed`, and of `generated`. */
  resolutions: { observed: number; generated: number };
  /** The distance that is 1 in both, in half sides of the cube. */
  truncation: number;
  /** Where in the generated field the surface lies. */
  level: number;
}

/** Within this of the observed surface is on it; so much farther in front of it counts in full. Half sides of the cube. */
const ON_SURFACE = 0.03;
const IN_FRONT = 0.08;
/** So far from the generated surface, where nothing was seen, counts in full. */
const OFF_GENERATED = 0.12;
/** What lies where nothing was seen to be costs so many times what lies off the generated surface. */
const SEEN_EMPTY = 2;
/** The share of the points that must go with a symmetry: a cup may have a handle, a mask reach into what is behind. */
const GOING_WITH = 0.85;

/** Two numbers that say where an axis or a plane is. */
export type Place = readonly [number, number];

/** Of the points, 0 to 1. */
export interface Outcome {
  /** Mean of those that go best with the symmetry. */
  cost: number;
  /** The same of the part of the cost that is due to what lies where nothing is. */
  violation: number;
  /** That of all points. */
  violationOfAll: number;
  /** The share that lies on what was seen. */
  confirmed: number;
}

/** Moves the points and looks where they come to lie. */
export class Trial {
  readonly #seen: SeenObject;
  /** Of the observed field: how far it is known. */
  readonly #known: Float32Array;
  /** Of each point. */
  readonly #cost: Float32Array;
  readonly #violation: Float32Array;
  /** Where a point comes to lie: in an array, since V8 would make objects of numbers that it hands over one by one. */
  readonly #at = new Float64Array(3);
  #confirmed = 0;

  constructor(seen: SeenObject) {
    this.#seen = seen;
    this.#known = seen.observed.data.subarray(seen.resolutions.observed ** 3);
    this.#cost = new Float32Array(seen.points.length / 3);
    this.#violation = new Float32Array(seen.points.length / 3);
  }

  mirror({ angle, offset }: MirrorPlane): Outcome {
    const { points } = this.#seen;
    const [nx, nz] = [Math.cos(angle), Math.sin(angle)];
    for (let i = 0; i < points.length; i += 3) {
      const x = points[i];
      const z = points[i + 2];
      const way = 2 * (nx * x + nz * z - offset);
      this.#at[0] = x - way * nx;
      this.#at[1] = points[i + 1];
      this.#at[2] = z - way * nz;
      this.#look(i / 3);
    }
    return this.#outcome(1);
  }

  turn({ x, z }: UprightAxis, turns: readonly number[]): Outcome {
    const { points } = this.#seen;
    for (const turn of turns) {
      const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
      for (let i = 0; i < points.length; i += 3) {
        const dx = points[i] - x;
        const dz = points[i + 2] - z;
        this.#at[0] = x + cos * dx - sin * dz;
        this.#at[1] = points[i + 1];
        this.#at[2] = z + sin * dx + cos * dz;
        this.#look(i / 3);
      }
    }
    return this.#outcome(turns.length);
  }

  /** Of what was generated, x and z. */
  middle(): Place {
    const { generated, level, resolutions } = this.#seen;
    const size = resolutions.generated;
    let [sumX, sumZ, count] = [0, 0, 0];
    for (let i = 0; i < generated.length; i++) {
      if (generated[i] >= level) continue;
      sumX += i % size;
      sumZ += Math.floor(i / size ** 2);
      count++;
    }
    const coordinate = (sum: number): number => (count === 0 ? 0 : ((sum / count + 0.5) * 2) / size - 1);
    return [coordinate(sumX), coordinate(sumZ)];
  }

  /** Point `i` at its new place. */
  #look(i: number): void {
    const [x, y, z] = [this.#at[0], this.#at[1], this.#at[2]];
    const { observed, generated, resolutions, truncation, level } = this.#seen;
    if (Math.abs(x) >= 1 || Math.abs(z) >= 1) {
      this.#cost[i] += SEEN_EMPTY;
      this.#violation[i]++;
      return;
    }
    const at = voxelAt(x, y, z, resolutions.observed);
    const inFront = observed.data[at] * truncation;
    if (this.#known[at] > 0 && inFront > -ON_SURFACE) {
      const wrong = Math.min(1, Math.max(0, inFront - ON_SURFACE) / IN_FRONT);
      if (wrong === 0) this.#confirmed++;
      this.#cost[i] += SEEN_EMPTY * wrong;
      this.#violation[i] += wrong;
      return;
    }
    const off = Math.abs(generated[voxelAt(x, y, z, resolutions.generated)] - level) * truncation;
    this.#cost[i] += Math.min(1, off / OFF_GENERATED);
  }

  /** When each point has been at `moves` places. */
  #outcome(moves: number): Outcome {
    const violation = this.#violation.sort();
    const outcome = {
      cost: meanOf(this.#cost.sort(), GOING_WITH) / moves,
      violation: meanOf(violation, GOING_WITH) / moves,
      violationOfAll: meanOf(violation, 1) / moves,
      confirmed: this.#confirmed / (moves * this.#cost.length),
    };
    this.#cost.fill(0);
    this.#violation.fill(0);
    this.#confirmed = 0;
    return outcome;
  }
}

/** Of this share of sorted values, the lowest. */
function meanOf(sorted: Float32Array, share: number): number {
  const count = Math.ceil(share * sorted.length);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += sorted[i];
  return sum / count;
}

/** Index of the voxel [z][y][x] that holds a point; beside the cube the nearest. */
export function voxelAt(x: number, y: number, z: number, resolution: number): number {
  return (cellAt(z, resolution) * resolution + cellAt(y, resolution)) * resolution + cellAt(x, resolution);
}

/** The cell along one axis; beside the cube the nearest. */
export const cellAt = (value: number, resolution: number): number =>
  Math.min(resolution - 1, Math.max(0, Math.floor(((value + 1) * resolution) / 2)));
