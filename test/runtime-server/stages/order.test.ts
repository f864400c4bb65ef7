import { expect, test } from 'vitest';
import { createRandom } from '@scenemaker/sdk';
import { inOrder, median } from '../../../runtime-server/src/stages/order.js';

test('gives what sorting gives, at every rank, with equal values and NaN', () => {
  const random = createRandom(1);
  for (const length of [1, 2, 3, 10, 37]) {
    const values = Float32Array.from({ length }, (_, i) => (i % 7 === 3 ? NaN : random.integer(12) - 5));
    const sorted = values.slice().sort();
    const found = Array.from(values, (_, rank) => inOrder(values.slice(), rank));
    expect(found).toEqual([...sorted]);
  }
});

test('without numbers there is none', () => {
  expect(inOrder(Float32Array.of(NaN, NaN), 0)).toBeNaN();
  expect(inOrder(new Float32Array(0), 0)).toBeNaN();
});

test('the median is the lower of two middle values', () => {
  expect(median(Float32Array.of(4, 1, 3, 2))).toBe(2);
  expect(median(new Float32Array(0))).toBeUndefined();
});
