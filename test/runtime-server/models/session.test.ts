import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { concatenate, type LocatedFile, openSession, tensor } from '../../../runtime-server/src/models/index.js';

/** Inputs a, b [n, 2]; outputs sum = a + b and difference = a - b. */
const location = fileURLToPath(new URL('../../fixtures/models/arithmetic.onnx', import.meta.url));
const file: LocatedFile = { path: 'arithmetic.onnx', location, bytes: 0, sha256: '' };

describe('a session', () => {
  test('runs with batches of different length', async () => {
    const session = await openSession(file, ['a', 'b'], ['sum', 'difference'], { threads: 1 });
    for (const n of [1, 3]) {
      const a = tensor(new Float32Array(2 * n).fill(5), [n, 2]);
      const b = tensor(new Float32Array(2 * n).fill(2), [n, 2]);
      const { sum, difference } = await session.run({ a, b });
      expect(sum.shape).toEqual([n, 2]);
      expect([...sum.data]).toEqual(Array<number>(2 * n).fill(7));
      expect([...difference.data]).toEqual(Array<number>(2 * n).fill(3));
    }
    await session.dispose();
  });

  test('reports all names that do not fit at once', async () => {
    await expect(openSession(file, ['a', 'c'], ['sum', 'product'])).rejects.toMatchObject({
      code: 'pack-corrupt',
      message: expect.stringMatching(/no input c, no output product, unknown input b/),
    });
  });

  test('refuses a file that is no graph', async () => {
    const other = { ...file, location: fileURLToPath(import.meta.url) };
    await expect(openSession(other, ['a'], ['sum'])).rejects.toMatchObject({ code: 'pack-corrupt' });
  });
});

describe('tensors', () => {
  test('must fill their shape', () => {
    expect(() => tensor(new Float32Array(5), [2, 3])).toThrow(/\[2, 3\] has 6 numbers, not 5/);
  });

  test('are joined along the first axis when the others agree', () => {
    const joined = concatenate([tensor(Float32Array.of(1, 2), [1, 2]), tensor(Float32Array.of(3, 4, 5, 6), [2, 2])]);
    expect(joined).toEqual({ data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] });
    expect(() => concatenate([joined, tensor(Float32Array.of(1), [1, 1])])).toThrow(RangeError);
  });
});
