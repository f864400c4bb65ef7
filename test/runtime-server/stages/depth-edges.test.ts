import { describe, expect, test } from 'vitest';
import { firmEdges } from '../../../runtime-server/src/stages/depth-edges.js';
import { emptyMask } from '../../../runtime-server/src/stages/mask-ops.js';
import type { Mask } from '../../../runtime-server/src/stages/stage.js';

const SIDE = 24;

function square(x0: number, y0: number, x1: number, y1: number): Mask {
  const mask = emptyMask(SIDE, SIDE);
  for (let y = y0; y < y1; y++) mask.data.fill(1, y * SIDE + x0, y * SIDE + x1);
  return mask;
}

/** An object at depth 1 before a wall at 3, blended over two pixels on either side of the edge. */
function blended(mask: Mask): Float32Array {
  const depth = Float32Array.from(mask.data, (value) => (value === 1 ? 1 : 3));
  return depth.map((_, i) => {
    let sum = 0;
    let count = 0;
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        const [x, y] = [(i % SIDE) + dx, Math.floor(i / SIDE) + dy];
        if (x < 0 || y < 0 || x >= SIDE || y >= SIDE) continue;
        sum += depth[y * SIDE + x];
        count++;
      }
    }
    return sum / count;
  });
}

describe('depth at the edge of a mask', () => {
  const mask = square(5, 5, 17, 15);

  test('is that of the object, and is left alone outside', () => {
    const depth = blended(mask);
    const firm = firmEdges(depth, [mask], 2);
    mask.data.forEach((value, i) => expect(firm[i]).toBeCloseTo(value === 1 ? 1 : depth[i], 6));
  });

  test('follows a slanted surface: the rim takes the depth of its nearest inner pixel', () => {
    const slanted = Float32Array.from(mask.data, (_, i) => 1 + 0.1 * (i % SIDE));
    const firm = firmEdges(slanted, [mask], 2);
    const row = [...firm.subarray(10 * SIDE + 5, 10 * SIDE + 17)].map((z) => Math.round(10 * z) / 10);
    expect(row).toEqual([1.7, 1.7, 1.7, 1.8, 1.9, 2, 2.1, 2.2, 2.3, 2.4, 2.4, 2.4]);
  });

  test('of a mask that is all rim is firmed as far as something is left, or not at all', () => {
    const bar = square(3, 10, 20, 13);
    const depth = blended(bar);
    const firm = firmEdges(depth, [bar], 2);
    expect(firm[10 * SIDE + 10]).toBe(depth[11 * SIDE + 10]);
    const line = square(3, 10, 20, 11);
    expect(firmEdges(depth, [line], 2)).toEqual(depth);
  });
});
