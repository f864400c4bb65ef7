import { createRandom } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import {
  dilate,
  emptyMask,
  erode,
  maskBox,
  ownersOf,
  sharedMask,
  unionOf,
} from '../../../runtime-server/src/stages/mask-ops.js';
import type { Mask } from '../../../runtime-server/src/stages/stage.js';

const [width, height] = [17, 11];

/** A rectangle with holes; `x0` to `y1` may lie on the border. */
function spotted(x0: number, y0: number, x1: number, y1: number, seed: number): Mask {
  const random = createRandom(seed);
  const mask = emptyMask(width, height);
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) mask.data[y * width + x] = random.next() < 0.85 ? 1 : 0;
  return mask;
}

const masks = [spotted(3, 2, 9, 8, 1), spotted(0, 0, 6, 11, 2), spotted(10, 5, 17, 11, 3), spotted(0, 0, 17, 11, 4)];

/** Whether any pixel of the square about (x, y), as far as it lies in the mask, has the value. */
function hasAround({ data }: Mask, x: number, y: number, radius: number, value: number): boolean {
  for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++)
    for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++)
      if (data[v * width + u] === value) return true;
  return false;
}

describe.each(masks.map((mask, i) => [i, mask] as const))('mask %i', (_, mask) => {
  test.each([1, 2, 4])('grows and shrinks by %i pixels, the border of the picture notwithstanding', (radius) => {
    const [grown, shrunk] = [dilate(mask, radius), erode(mask, radius)];
    for (let i = 0; i < mask.data.length; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      expect(grown.data[i]).toBe(hasAround(mask, x, y, radius, 1) ? 1 : 0);
      expect(shrunk.data[i]).toBe(hasAround(mask, x, y, radius, 0) ? 0 : 1);
    }
  });

  test('has the box of its pixels', () => {
    const places = [...mask.data.keys()].filter((i) => mask.data[i] === 1);
    const [columns, rows] = [places.map((i) => i % width), places.map((i) => Math.floor(i / width))];
    expect(maskBox(mask)).toEqual({
      x0: Math.min(...columns),
      y0: Math.min(...rows),
      x1: Math.max(...columns) + 1,
      y1: Math.max(...rows) + 1,
    });
  });

  test('is the same in memory that all threads read', () => {
    const shared = sharedMask(mask);
    expect(shared.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...shared.data]).toEqual([...mask.data]);
  });
});

test('an empty mask has no box, and stays empty', () => {
  const empty = emptyMask(width, height);
  expect(maskBox(empty)).toBeUndefined();
  expect(dilate(empty, 2)).toEqual(empty);
});

test('each pixel is owned by the last mask that has it, and by none of the union where none has', () => {
  const few = masks.slice(0, 3);
  const owners = ownersOf(few, width, height);
  const union = unionOf(few, width, height);
  for (let i = 0; i < owners.length; i++) {
    const having = few.flatMap(({ data }, number) => (data[i] === 1 ? [number] : []));
    expect(owners[i]).toBe(having.at(-1) ?? -1);
    expect(union.data[i]).toBe(having.length > 0 ? 1 : 0);
  }
});
