/**
 * The symmetry of an object that was seen from one side: about an upright axis, or to one or two upright planes (Thrun and
 * Wegbreit, Shape from Symmetry, 2005). What was seen, mirrored or turned, may not come to lie where the camera saw that
 * nothing is; where the camera did not see, it should lie on the surface that was generated.
 */
import { type Outcome, type Place, type SeenObject, Trial } from './symmetry-trial.js';

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
/** What share may lie where nothing is, on average; of all points for a second plane, which a handle must not pass. */
const MOST_VIOLATION = { revolution: 0.05, mirror: 0.25, secondMirror: 0.03 };
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
const AROUND = [0, 25, -25, 50, -50, 75, -75].map((turn) => turn * DEGREE);
/** No symmetry has more `counterparts`. */
export const MOST_COUNTERPARTS = AROUND.length;

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

function steps(from: number, to: number): number[] {
  return Array.from({ length: Math.round((to - from) / STEP) + 1 }, (_, i) => from + i * STEP);
}
