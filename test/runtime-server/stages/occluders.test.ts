import { describe, expect, test } from 'vitest';
import { maskArea } from '../../../runtime-server/src/stages/mask-ops.js';
import { occludersOf } from '../../../runtime-server/src/stages/occluders.js';
import type { Mask } from '../../../runtime-server/src/stages/stage.js';

const [WIDTH, HEIGHT] = [60, 40];

/** Pixels x0 to x1 and y0 to y1, upper ends exclusive. */
function block(x0: number, y0: number, x1: number, y1: number): Mask {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    return x >= x0 && x < x1 && y >= y0 && y < y1 ? 1 : 0;
  });
  return { width: WIDTH, height: HEIGHT, data };
}

/** Every mask at its distance, NaN elsewhere. */
const depthOf = (parts: readonly (readonly [Mask, number])[]): Float32Array =>
  Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => parts.find(([mask]) => mask.data[i] !== 0)?.[1] ?? NaN);

const occluders = (...parts: (readonly [Mask, number])[]): Mask[] =>
  occludersOf(
    parts.map(([mask]) => mask),
    depthOf(parts),
    WIDTH,
    HEIGHT,
  );

describe('what may hide an object', () => {
  const left = block(5, 10, 20, 30);
  const middle = block(20, 10, 35, 30);
  const right = block(35, 10, 50, 30);

  test('is in front of it', () => {
    const [ofNear, ofFar] = occluders([left, 1], [middle, 1.2]);
    expect(maskArea(ofNear)).toBe(0);
    expect(ofFar).toEqual(left);
  });

  test('is either of two that are as far away where they meet', () => {
    expect(occluders([left, 1], [middle, 1.005])).toEqual([middle, left]);
  });

  test('is what stands in front of what is in front', () => {
    const [ofFar] = occluders([left, 2], [middle, 1.5], [right, 1]);
    expect(maskArea(ofFar)).toBe(maskArea(middle) + maskArea(right));
  });

  test('is nothing behind what is behind', () => {
    const [ofNear] = occluders([left, 1], [middle, 1.5], [right, 1]);
    expect(maskArea(ofNear)).toBe(0);
  });

  test('meets it', () => {
    const [ofLeft] = occluders([left, 2], [right, 1]);
    expect(maskArea(ofLeft)).toBe(0);
  });

  test('is all that meets it where there is no depth', () => {
    expect(occluders([left, NaN], [middle, NaN])).toEqual([middle, left]);
  });

  test('is told by the depth inside the masks: at their edges both may lie on one surface', () => {
    const masks = [left, middle];
    // A pixel of the far object counts as the near one's, in both directions of a scan.
    const depth = depthOf([
      [left, 1],
      [middle, 1.2],
    ]).map((z, i) => (i % WIDTH === 19 ? 1.2 : z));
    const [ofNear, ofFar] = occludersOf(masks, depth, WIDTH, HEIGHT);
    expect([maskArea(ofNear), ofFar]).toEqual([0, left]);
    const holes = depth.map((z, i) => (i % WIDTH === 20 ? NaN : z));
    expect(maskArea(occludersOf(masks, holes, WIDTH, HEIGHT)[0])).toBe(0);
  });

  test('never is a pixel of its own', () => {
    const overlapping = block(10, 10, 35, 30);
    const [ofLeft] = occluders([left, 1], [overlapping, 1]);
    expect(ofLeft).toEqual(middle);
  });
});
