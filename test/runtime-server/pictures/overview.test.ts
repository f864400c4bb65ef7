import { expect, test } from 'vitest';
import { createPicture } from '../../../runtime-server/src/pictures/canvas.js';
import { drawOverview } from '../../../runtime-server/src/pictures/overview.js';

test('panels stand in a row at one height, in their order, with a gap', async () => {
  const overview = await drawOverview([createPicture(40, 20, [200, 0, 0]), createPicture(10, 20, [0, 0, 200])], 40);
  expect([overview.width, overview.height]).toEqual([80 + 8 + 20, 40]);
  const at = (x: number) => Array.from(overview.data.subarray(3 * (20 * overview.width + x)).subarray(0, 3));
  expect(at(40)).toEqual([200, 0, 0]);
  expect(at(84)).toEqual([255, 255, 255]);
  expect(at(98)).toEqual([0, 0, 200]);
});

test('no panels give an empty strip', async () => {
  expect((await drawOverview([], 40)).height).toBe(40);
});
