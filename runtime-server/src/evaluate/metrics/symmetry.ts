/**
 * Rotation errors up to an object's symmetries.
 *
 * Symmetries are found by trying: points of the surface are turned about likely axes (the canonical axes,
 * their diagonals, the axes of inertia) in steps of 15 and 72 degrees; a turn after which every part of the
 * surface lies on the surface again, colours aside, is a symmetry. An axis about which every step is one is
 * taken to be that of a solid of revolution; two such axes make a ball.
 */
import { type Mat3, mat3, type Mesh, quat, type Quat, sampleSurface, type Vec3, vec3 } from '@scenemaker/sdk';
import { PointTree } from './point-tree.js';

export interface Symmetries {
  /** Turns (the identity among them) that leave the object as it is. */
  turns: Quat[];
  /** Of a solid of revolution. */
  axis?: Vec3;
  /** Every rotation is a symmetry. */
  ball: boolean;
}

export const NO_SYMMETRY: Symmetries = { turns: [quat.IDENTITY], ball: false };

/** Points that are turned, and points that stand for the surface. */
const TRIED = 400;
const SURFACE = 12_000;
/** By how much turned points may lie off the surface, canonical units (longest side 1): on average, and the worst 2 %. */
const MEAN_TOLERANCE = 0.01;
const WORST_TOLERANCE = 0.03;
const WORST_SHARE = 0.02;
/** More turns than the largest polyhedral group has (60) mean that something is amiss. */
const MOST_TURNS = 64;

/** Cosine of 8 degrees. */
const NEARLY_PARALLEL = 0.99;

const DEGREE = Math.PI / 180;
const STEPS = Array.from({ length: 23 }, (_, k) => (k + 1) * 15 * DEGREE);
const FIFTHS = [72 * DEGREE, 144 * DEGREE, 216 * DEGREE, 288 * DEGREE];

/** Of a mesh in canonical space, about its bounding box's middle: the origin that poses turn about. */
export function findSymmetries(mesh: Mesh): Symmetries {
  const tried = sampleSurface(mesh, TRIED, 1).points;
  const tree = new PointTree(sampleSurface(mesh, SURFACE, 2).points);
  if (tree.count === 0) return NO_SYMMETRY;
  const still = offSurface(tried, mat3.IDENTITY, tree);
  const isSymmetry = (turn: Quat): boolean => {
    const moved = offSurface(tried, quat.toMat3(turn), tree);
    return moved.mean < still.mean + MEAN_TOLERANCE && moved.worst < still.worst + WORST_TOLERANCE;
  };
  const axes = likelyAxes(tree.points);
  const round = axes.filter((axis) => STEPS.every((angle) => isSymmetry(quat.fromAxisAngle(axis, angle))));
  if (round.length > 1) return { turns: [quat.IDENTITY], ball: true };
  if (round.length === 1) {
    // All that a solid of revolution can do besides is to stand on its head.
    const flip = quat.fromAxisAngle(vec3.perpendicular(round[0]), Math.PI);
    return { turns: isSymmetry(flip) ? [quat.IDENTITY, flip] : [quat.IDENTITY], axis: round[0], ball: false };
  }
  const tries = axes.flatMap((axis) => [...STEPS, ...FIFTHS].map((angle) => quat.fromAxisAngle(axis, angle)));
  return { turns: closure(tries.filter(isSymmetry)), ball: false };
}

/** The smallest angle, degrees, between `estimate` and any rotation under which the object looks as under `truth`. */
export function rotationError(estimate: Quat, truth: Quat, { turns, axis, ball }: Symmetries): number {
  if (ball) return 0;
  let cosine = 0;
  for (const turn of turns) {
    const rest = quat.multiply(quat.conjugate(quat.multiply(truth, turn)), estimate);
    // About a free axis the rest may be turned as far as it helps: its part along the axis vanishes.
    const along = axis === undefined ? 0 : rest[0] * axis[0] + rest[1] * axis[1] + rest[2] * axis[2];
    cosine = Math.max(cosine, Math.hypot(rest[3], along));
  }
  return (2 * Math.acos(Math.min(1, cosine))) / DEGREE;
}

/** Mean distance of the turned points to the surface, and that of the worst 2 %. */
function offSurface(points: Float32Array, rotation: Mat3, tree: PointTree): { mean: number; worst: number } {
  const count = points.length / 3;
  const distances = new Float32Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const [x, y, z] = mat3.apply(rotation, vec3.at(points, i));
    tree.nearest(x, y, z);
    distances[i] = Math.sqrt(tree.squared);
    sum += distances[i];
    // Hopeless turns are given up early.
    if (sum > 0.1 * count) return { mean: Infinity, worst: Infinity };
  }
  distances.sort();
  return { mean: sum / count, worst: distances[Math.floor((1 - WORST_SHARE) * (count - 1))] };
}

function likelyAxes(points: Float32Array): Vec3[] {
  const axes: Vec3[] = [];
  const add = (axis: Vec3): void => {
    const unit = vec3.normalize(axis);
    // An axis close to one that is there already would only blur it.
    if (axes.every((other) => Math.abs(vec3.dot(unit, other)) < NEARLY_PARALLEL)) axes.push(unit);
  };
  const signs = [-1, 0, 1];
  const directions = signs.flatMap((x) => signs.flatMap((y) => signs.map((z): Vec3 => [x, y, z])));
  directions
    .filter((axis) => vec3.length(axis) > 0)
    .sort((a, b) => vec3.length(a) - vec3.length(b))
    .forEach(add);
  for (const axis of inertiaAxes(points)) add(axis);
  return axes;
}

function inertiaAxes(points: Float32Array): Vec3[] {
  const mean = [0, 0, 0];
  for (let i = 0; i < points.length; i++) mean[i % 3] += (3 * points[i]) / points.length;
  const c = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < points.length; i += 3) {
    for (let k = 0; k < 9; k++) c[k] += (points[i + Math.floor(k / 3)] - mean[Math.floor(k / 3)]) * (points[i + (k % 3)] - mean[k % 3]); // prettier-ignore
  }
  const { rotation } = mat3.eigenSymmetric(c as unknown as Mat3);
  const axes: Vec3[] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]; // prettier-ignore
  return axes.map((axis) => quat.rotate(rotation, axis));
}

/** All products of the turns, each once. */
function closure(turns: readonly Quat[]): Quat[] {
  const group: Quat[] = [quat.IDENTITY];
  for (let i = 0; i < group.length && group.length < MOST_TURNS; i++) {
    for (const turn of turns) {
      const product = quat.normalize(quat.multiply(group[i], turn));
      if (group.every((other) => quat.angleBetween(product, other) > 5 * DEGREE)) group.push(product);
      if (group.length === MOST_TURNS) break;
    }
  }
  return group;
}
