import { describe, expect, test } from 'vitest';
import { createRandom, mat3, quat, type Quat, type Vec3, vec3 } from '@scenemaker/sdk';
import { PointTree } from '../../../runtime-server/src/evaluate/metrics/point-tree.js';
import {
  bestRotation,
  fitRigid,
  invertMotion,
  movePoints,
  registerClouds,
} from '../../../runtime-server/src/evaluate/metrics/registration.js';

/** A cloud without symmetry. */
function cloud(count: number, seed = 1): Float32Array {
  const random = createRandom(seed);
  const points: number[] = [];
  for (let i = 0; i < count; i++) points.push(random.next(), 0.6 * random.next() ** 2, 0.3 * random.next());
  return Float32Array.from(points);
}

const turn = (axis: Vec3, degrees: number): Quat => quat.fromAxisAngle(vec3.normalize(axis), (degrees * Math.PI) / 180);
const motionOf = (rotation: Quat, translation: Vec3) => ({ rotation: quat.toMat3(rotation), translation });
const degreesBetween = (a: Quat, b: Quat): number => (quat.angleBetween(a, b) * 180) / Math.PI;

describe('the best rigid motion of matched points', () => {
  test.each([
    ['no turn', [0, 1, 0], 0],
    ['a small turn', [1, 2, 3], 7],
    ['a quarter', [0, 0, 1], 90],
    ['a third of a turn about a diagonal', [1, 1, 1], 120],
    ['a half turn', [1, 0, 0], 180],
    ['nearly a half turn', [2, -1, 0.5], 179],
  ] as const)('%s is recovered', (_, axis, degrees) => {
    const wanted = turn(axis, degrees);
    const points = cloud(50);
    const found = fitRigid(points, movePoints(points, motionOf(wanted, [0.3, -0.2, 5])));
    expect(degreesBetween(quat.fromMat3(found.rotation), wanted)).toBeLessThan(1e-3);
    expect(vec3.distance(found.translation, [0.3, -0.2, 5])).toBeLessThan(1e-5);
  });

  test.each([1, 2, 3, 4, 5])('a mirrored cloud gives a proper rotation, never a reflection (seed %i)', (seed) => {
    const points = cloud(40, seed);
    const { rotation } = fitRigid(
      points,
      points.map((p, i) => (i % 3 === 0 ? -p : p)),
    );
    expect(mat3.determinant(rotation)).toBeCloseTo(1, 10);
    expect(mat3.multiply(rotation, mat3.transpose(rotation)).map((x) => Math.round(1e9 * x) / 1e9 + 0)).toEqual([
      1, 0, 0, 0, 1, 0, 0, 0, 1,
    ]);
  });

  test('points on a plane or a line, or all at one place, still give a rotation', () => {
    for (const h of [
      [1, 0, 0, 0, 1, 0, 0, 0, 0],
      [1, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]) {
      expect(mat3.determinant(bestRotation(h))).toBeCloseTo(1, 10);
    }
  });
});

describe('iterated closest points', () => {
  const points = cloud(1500);
  const register = (source: Float32Array, target: Float32Array) =>
    registerClouds(new PointTree(source), new PointTree(target));

  test('a cloud onto itself: no motion', () => {
    const { motion } = register(points, points);
    expect(degreesBetween(quat.fromMat3(motion.rotation), quat.IDENTITY)).toBeLessThan(1e-4);
    expect(vec3.length(motion.translation)).toBeLessThan(1e-6);
  });

  test('a known turn and shift are undone', () => {
    const wanted = motionOf(turn([0.2, 1, 0.1], 12), [0.03, -0.02, 0.05]);
    const { motion, iterations } = register(points, movePoints(points, wanted));
    expect(degreesBetween(quat.fromMat3(motion.rotation), quat.fromMat3(wanted.rotation))).toBeLessThan(0.1);
    expect(vec3.distance(motion.translation, wanted.translation)).toBeLessThan(1e-3);
    expect(iterations).toBeLessThanOrEqual(50);
  });

  test('a mirrored cloud is not taken for the cloud', () => {
    const mirrored = points.map((p, i) => (i % 3 === 0 ? -p : p));
    const { motion } = register(mirrored, points);
    expect(mat3.determinant(motion.rotation)).toBeCloseTo(1, 6);
    const moved = movePoints(mirrored, motion);
    const tree = new PointTree(points);
    let sum = 0;
    for (let i = 0; i < moved.length; i += 3) {
      tree.nearest(moved[i], moved[i + 1], moved[i + 2]);
      sum += tree.squared;
    }
    expect(sum / 1500).toBeGreaterThan(1e-4);
  });

  test('size is not changed: a cloud twice as large stays so', () => {
    const { motion } = register(
      points.map((p) => 2 * p),
      points,
    );
    expect(mat3.determinant(motion.rotation)).toBeCloseTo(1, 6);
  });

  test('one point goes to where the cloud is', () => {
    const { motion } = register(new Float32Array(3), points);
    expect(vec3.isFinite(motion.translation)).toBe(true);
  });

  test('a motion and its inverse cancel', () => {
    const motion = motionOf(turn([1, 2, 3], 50), [1, 2, 3]);
    const back = movePoints(movePoints(points, motion), invertMotion(motion));
    expect(Math.max(...back.map((p, i) => Math.abs(p - points[i])))).toBeLessThan(1e-5);
  });
});
