/**
 * The symmetry of an object that was seen from one side: about an upright axis, or to one or two upright planes (Thrun and
 * Wegbreit, Shape from Symmetry, 2005). What was seen, mirrored or turned, may not come to lie where the camera saw that
 * nothing is; where the camera did not see, it should lie on the surface that was generated.
 */
import type { Tensor } from '../models/tensor.js';

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

/** An upright plane: `cos(angle) x + sin(angle) z = offset`. */
export interface MirrorPlane {
  angle: number;
  offset: number;
}

/** An upright axis. */
export interface UprightAxis {
  x: number;
  z: number;
}

export type Symmetry = { kind: 'revolution'; axis: UprightAxis } | { kind: 'mirror'; planes: MirrorPlane[] };

const DEGREE = Math.PI / 180;
/** Within this of the observed surface is on it; so much farther in front of it counts in full. Half sides of the cube. */
const ON_SURFACE = 0.03;
const IN_FRONT = 0.08;
/** So far from the generated surface, where nothing was seen, counts in full. */
const OFF_GENERATED = 0.12;
/** What lies where nothing was seen to be costs so many times what lies off the generated surface. */
const SEEN_EMPTY = 2;
/** What share may lie where nothing is, on average; of all points for a second plane, which a handle must not pass. */
const MOST_VIOLATION = { revolution: 0.05, mirror: 0.25, secondMirror: 0.03 };
/** The share of the points that must go with a symmetry: a cup may have a handle, a mask reach into what is behind. */
const GOING_WITH = 0.85;
/** What share must come to lie on what was seen when turned a little: flat sides do not. */
const LEAST_CONFIRMED = 0.15;
const TURNS = [30, -30, 60, -60, 120, 180, -120].map((turn) => turn * DEGREE);
const SMALL_TURNS = [25, -25, 50, -50].map((turn) => turn * DEGREE);
/** First places that are tried, about the middle of what was generated. The axis may lie far behind what was seen. */
const PLANE_STEP = 12 * DEGREE;
const STEP = 0.05;
const OFFSETS = steps(-0.35, 0.35);
const AXIS_X = steps(-0.2, 0.2);
const AXIS_Z = steps(-0.4, 0.3);
/** So many of the best are followed, halving the steps so many times. */
const FOLLOWED = 3;
const HALVINGS = 4;

/** Of what is round: from the side nearest to the camera to those that were hardly seen. */
export const AROUND = [0, 25, -25, 50, -50, 75, -75].map((turn) => turn * DEGREE);

/** Where else (x, z) the object is as it is at (x, z): what is likeliest to have been seen comes first. */
export function counterparts(symmetry: Symmetry, x: number, z: number): [number, number][] {
  if (symmetry.kind === 'revolution') {
    const { axis } = symmetry;
    const radius = Math.hypot(x - axis.x, z - axis.z);
    // The cube's z points to the viewer.
    return AROUND.map((turn) => [axis.x + radius * Math.sin(turn), axis.z + radius * Math.cos(turn)]);
  }
  const mirrored = symmetry.planes.map((plane) => reflect(plane, x, z));
  return symmetry.planes.length === 2 ? [...mirrored, reflect(symmetry.planes[0], ...mirrored[1])] : mirrored;
}

function reflect({ angle, offset }: MirrorPlane, x: number, z: number): [number, number] {
  const [nx, nz] = [Math.cos(angle), Math.sin(angle)];
  const way = 2 * (nx * x + nz * z - offset);
  return [x - way * nx, z - way * nz];
}

/** Undefined where nothing was seen, or neither an axis nor a plane goes with it. */
export function findSymmetry(seen: SeenObject): Symmetry | undefined {
  if (seen.points.length === 0) return undefined;
  const trial = new Trial(seen);
  const [x, z] = trial.middle();
  const plane = ([angle, offset]: Place): Outcome => trial.mirror({ angle, offset });
  const axis = (turns: number[]) => (place: Place) => trial.turn({ x: place[0], z: place[1] }, turns);

  const round = descend(
    axis(TURNS),
    AXIS_X.flatMap((dx) => AXIS_Z.map((dz): Place => [x + dx, z + dz])),
    [STEP, STEP],
  );
  if (
    round.outcome.violation < MOST_VIOLATION.revolution &&
    axis(SMALL_TURNS)(round.place).confirmed > LEAST_CONFIRMED
  ) {
    return { kind: 'revolution', axis: { x: round.place[0], z: round.place[1] } };
  }
  const through = (angle: number): Place[] =>
    OFFSETS.map((offset) => [angle, offset + Math.cos(angle) * x + Math.sin(angle) * z]);
  const angles = Array.from({ length: Math.round(Math.PI / PLANE_STEP) }, (_, i) => i * PLANE_STEP);
  const first = descend(plane, angles.flatMap(through), [PLANE_STEP, STEP]);
  if (first.outcome.violation > MOST_VIOLATION.mirror) return undefined;
  const second = descend(plane, through(first.place[0] + Math.PI / 2), [PLANE_STEP / 2, STEP]);
  const planes = second.outcome.violationOfAll < MOST_VIOLATION.secondMirror ? [first, second] : [first];
  return { kind: 'mirror', planes: planes.map(({ place: [angle, offset] }) => ({ angle, offset })) };
}

type Place = readonly [number, number];

/** Of the points, 0 to 1. */
interface Outcome {
  /** Mean of those that go best with the symmetry. */
  cost: number;
  /** The same of the part of the cost that is due to what lies where nothing is. */
  violation: number;
  /** That of all points. */
  violationOfAll: number;
  /** The share that lies on what was seen. */
  confirmed: number;
}

/** The place of least cost that is found from `starts` in ever smaller steps. */
function descend(
  tryAt: (place: Place) => Outcome,
  starts: Place[],
  [stepA, stepB]: Place,
): { place: Place; outcome: Outcome } {
  const tried = (place: Place): { place: Place; outcome: Outcome } => ({ place, outcome: tryAt(place) });
  const cheaper = (a: { outcome: Outcome }, b: { outcome: Outcome }): number => a.outcome.cost - b.outcome.cost;
  let best = starts.map(tried).sort(cheaper).slice(0, FOLLOWED);
  for (let share = 0.5; share >= 0.5 ** HALVINGS; share /= 2) {
    best = best.map(({ place: [a, b], ...rest }) => {
      const around = NEIGHBOURS.map(([i, j]) => tried([a + i * share * stepA, b + j * share * stepB]));
      return [{ place: [a, b] as const, ...rest }, ...around].sort(cheaper)[0];
    });
  }
  return best.sort(cheaper)[0];
}

const NEIGHBOURS = [-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j) => [i, j])).filter(([i, j]) => i !== 0 || j !== 0);

/** Moves the points and looks where they come to lie. */
class Trial {
  readonly #seen: SeenObject;
  /** Of the observed field: how far it is known. */
  readonly #known: Float32Array;
  /** Of each point. */
  readonly #cost: Float32Array;
  readonly #violation: Float32Array;
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
      this.#look(i / 3, x - way * nx, points[i + 1], z - way * nz);
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
        this.#look(i / 3, x + cos * dx - sin * dz, points[i + 1], z + sin * dx + cos * dz);
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
  #look(i: number, x: number, y: number, z: number): void {
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

function steps(from: number, to: number): number[] {
  return Array.from({ length: Math.round((to - from) / STEP) + 1 }, (_, i) => from + i * STEP);
}
