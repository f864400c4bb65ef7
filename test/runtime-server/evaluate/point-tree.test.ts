import { describe, expect, test } from 'vitest';
import { createRandom } from '@scenemaker/sdk';
import { PointTree } from '../../../runtime-server/src/evaluate/metrics/point-tree.js';

function cloud(count: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: 3 * count }, () => random.range(-1, 1));
}

/** By looking at every point. */
function nearestSquared(points: Float32Array, x: number, y: number, z: number): number {
  let least = Infinity;
  for (let i = 0; i < points.length; i += 3) {
    least = Math.min(least, (points[i] - x) ** 2 + (points[i + 1] - y) ** 2 + (points[i + 2] - z) ** 2);
  }
  return least;
}

describe('the tree of points', () => {
  test.each([1, 2, 8, 9, 17, 1000])('finds what looking at all of %i points finds', (count) => {
    const points = cloud(count, count);
    const tree = new PointTree(points);
    const queries = cloud(200, 99);
    for (let i = 0; i < queries.length; i += 3) {
      const [x, y, z] = [2 * queries[i], queries[i + 1], queries[i + 2]];
      const found = tree.nearest(x, y, z);
      const wanted = nearestSquared(points, x, y, z);
      expect(tree.squared).toBeCloseTo(wanted, 10);
      const p = tree.points.subarray(3 * found, 3 * found + 3);
      expect((p[0] - x) ** 2 + (p[1] - y) ** 2 + (p[2] - z) ** 2).toBeCloseTo(wanted, 10);
    }
  });

  test('a guess changes nothing but the way', () => {
    const tree = new PointTree(cloud(500, 3));
    const queries = cloud(100, 4);
    for (let i = 0; i < queries.length; i += 3) {
      const [x, y, z] = queries.subarray(i, i + 3);
      const found = tree.nearest(x, y, z);
      expect(tree.nearest(x, y, z, i)).toBe(found);
    }
  });

  test('equal points, in any number, do no harm', () => {
    const tree = new PointTree(new Float32Array(300).fill(0.5));
    tree.nearest(0.5, 0.5, 1);
    expect(tree.squared).toBeCloseTo(0.25, 12);
  });

  test('leaves the given array alone and keeps every point', () => {
    const points = cloud(100, 5);
    const before = points.slice();
    const tree = new PointTree(points);
    expect(points).toEqual(before);
    expect(tree.points.toSorted()).toEqual(points.toSorted());
  });

  test('an empty cloud has no nearest point', () => {
    expect(new PointTree(new Float32Array(0)).nearest(0, 0, 0)).toBe(-1);
  });
});
