import { describe, expect, test } from 'vitest';
import { observedPoints } from '../../../runtime-server/src/stages/observed-points.js';

const WIDTH = 40;
const HEIGHT = 60;
const BOX = { x0: 0, y0: 0, x1: WIDTH, y1: HEIGHT };
const INTRINSICS = { fx: 100, fy: 100, cx: 20, cy: 30 };

/** A mask of the whole picture; `depthAt` is 0 where there is none. */
function seen(depthAt: (x: number, y: number) => number, options = {}) {
  const size = WIDTH * HEIGHT;
  const mask = { width: WIDTH, height: HEIGHT, data: new Uint8Array(size).fill(1) };
  const depth = Float32Array.from({ length: size }, (_, i) => depthAt(i % WIDTH, Math.floor(i / WIDTH)));
  const points = observedPoints(mask, BOX, depth, INTRINSICS, options);
  return Array.from({ length: points.length / 3 }, (_, i) => [...points.subarray(3 * i, 3 * i + 3)]);
}
/** A bottle whose cap, the upper tenth, is drawn 10 % farther away in gentle steps. */
const capFarther = (_: number, y: number): number => (y < 6 ? 1.1 : y < 8 ? 1.05 : 1);
const farthest = (points: number[][]): number => Math.max(...points.map(([, , z]) => z));

describe('observed points', () => {
  test('project back to their pixels, at their depth', () => {
    const points = seen((x) => 2 + x / 100);
    for (const [x, , z] of points) expect(2 + ((100 * x) / z + 20 - 0.5) / 100).toBeCloseTo(z, 4);
    expect(points.length).toBeGreaterThan(0.8 * WIDTH * HEIGHT);
  });

  test('leave out what has no depth, steps of depth, and strays farther off than 1.5 times the longer side', () => {
    expect(seen(() => 0)).toEqual([]);
    expect(seen((x) => (x < 20 ? 1 : 1.2)).filter(([x, , z]) => Math.abs((100 * x) / z) < 1)).toEqual([]);
    expect(farthest(seen((x) => (x < 30 ? 1 : 5)))).toBe(1);
  });

  test('of estimated depth leave out the tenth that lies apart; a measured depth map is believed', () => {
    expect(farthest(seen(capFarther))).toBeCloseTo(1.1, 5);
    expect(farthest(seen(capFarther, { estimated: true }))).toBeLessThan(1.1);
  });

  test('of estimated depth keep all of a slanted surface, and of a flat one with a little relief', () => {
    const slanted = (_: number, y: number): number => 1 + 0.01 * y;
    expect(seen(slanted, { estimated: true })).toEqual(seen(slanted));
    const relief = (x: number): number => (x < 36 ? 1 : 1.05);
    expect(seen(relief, { estimated: true })).toEqual(seen(relief));
  });

  test('are thinned out evenly to the limit', () => {
    const points = seen(() => 1, { limit: 100 });
    expect(points).toHaveLength(100);
    expect(points[50][1]).toBeCloseTo(0, 1);
  });
});
