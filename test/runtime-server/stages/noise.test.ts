import { createRandom } from '@scenemaker/sdk';
import { expect, test } from 'vitest';
import { noise } from '../../../runtime-server/src/stages/flow.js';

const deviation = (data: Float32Array): number => Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);

test('temperature is the standard deviation of the noise, and 0 takes all of it away', () => {
  expect(deviation(noise([10_000], createRandom(3)).data)).toBeCloseTo(1, 1);
  expect(deviation(noise([10_000], createRandom(3), 0.3).data)).toBeCloseTo(0.3, 1);
  expect(deviation(noise([100], createRandom(3), 0).data)).toBe(0);
});
