import { describe, expect, test } from 'vitest';
import { fromGrid, refineField } from '@scenemaker/sdk';

const R = 4;
const grid = (resolution: number, of: (x: number, y: number, z: number) => number): Float32Array => {
  const shape = { resolution, halfExtent: 1 };
  const values = new Float32Array(resolution ** 3);
  for (let i = 0; i < values.length; i++) {
    const [x, y, z] = [i % resolution, Math.floor(i / resolution) % resolution, Math.floor(i / resolution ** 2)];
    values[i] = of(fromGrid(x, shape), fromGrid(y, shape), fromGrid(z, shape));
  }
  return values;
};
/** The outermost centres of the coarse grid: beyond them the nearest value stands. */
const within = (value: number): number => Math.min(0.75, Math.max(-0.75, value));

describe('refining a field', () => {
  test.each([1, 2, 3])('keeps what is linear along each axis, %s times finer', (detail) => {
    const field = grid(R, (x, y, z) => x + 10 * y + 100 * z);
    const wanted = grid(R * detail, (x, y, z) => within(x) + 10 * within(y) + 100 * within(z));
    const fine = refineField(field, R, detail);
    expect(fine).toHaveLength((R * detail) ** 3);
    for (let i = 0; i < fine.length; i++) expect(fine[i]).toBeCloseTo(wanted[i], 4);
  });

  test('is trilinear between centres', () => {
    const fine = refineField(
      grid(2, (x, y, z) => x * y * z),
      2,
      3,
    );
    const wanted = grid(6, (x, y, z) =>
      [x, y, z].reduce((product, v) => product * Math.min(0.5, Math.max(-0.5, v)), 1),
    );
    for (let i = 0; i < fine.length; i++) expect(fine[i]).toBeCloseTo(wanted[i], 5);
  });
});
