import { createRandom } from '@scenemaker/sdk';
import { expect, test } from 'vitest';
import { groupPoints } from '../../../runtime-server/src/stages/pose-inputs.js';

test.each([
  ['more points than a group', 60],
  ['fewer, which come again', 5],
])('each group is a point and those nearest to it, the nearest first: %s', (_, count) => {
  const random = createRandom(2);
  // On a grid, so that many are equally far.
  const points = Float32Array.from({ length: 3 * count }, () => random.integer(4));
  const [groups, neighbours] = [6, 16];
  const { data, shape } = groupPoints(points, groups, neighbours);
  expect(shape).toEqual([groups, neighbours, 3]);
  const at = (from: Float32Array, i: number): number[] => [...from.subarray(3 * i, 3 * i + 3)];
  for (let group = 0; group < groups; group++) {
    const centre = at(data, group * neighbours);
    const away = (i: number): number => at(points, i).reduce((sum, value, k) => sum + (value - centre[k]) ** 2, 0);
    const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => away(a) - away(b));
    for (let k = 0; k < neighbours; k++) expect(at(data, group * neighbours + k)).toEqual(at(points, order[k % count]));
  }
});
