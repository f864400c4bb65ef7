import { describe, expect, test } from 'vitest';
import { observedField, splatPoints } from '../../../runtime-server/src/stages/observed-field.js';
import { objectCube } from '../../../runtime-server/src/stages/upright.js';

const intrinsics = { fx: 100, fy: 100, cx: 50, cy: 50 };
const window = { x: 25, y: 25, side: 50 };

/** Points of a wall at depth `z`, one through the centre of each pixel of columns x0 to x1 in the window. */
function wall(z: number, x0 = 25, x1 = 75): Float32Array {
  const points: number[] = [];
  for (let y = 25; y < 75; y++) {
    for (let x = x0; x < x1; x++) points.push(((x + 0.5 - 50) / 100) * z, ((y + 0.5 - 50) / 100) * z, z);
  }
  return Float32Array.from(points);
}

describe('splatting', () => {
  test('keeps the nearest point of each pixel', () => {
    const points = Float32Array.of(0.005, 0.005, 2, 0.0025, 0.0025, 1, 0.005, 0.005, 3);
    const depth = splatPoints(points, window, intrinsics, 50);
    expect(depth[25 * 50 + 25]).toBe(1);
    expect(depth.filter((z) => z > 0)).toHaveLength(1);
  });

  test.each([25, 50, 64, 120])('of a full wall leaves no hole at %i pixels', (size) => {
    expect(splatPoints(wall(2), window, intrinsics, size).every((z) => z === 2)).toBe(true);
  });
});

describe('the observed field', () => {
  const points = wall(2);
  const cube = objectCube(window, intrinsics, [0, -1, 0], points);
  const depth = splatPoints(points, window, intrinsics, 50);
  const R = 10;
  const OPTIONS = { resolution: R, truncation: 0.2, trust: 1 };
  const at = (data: Float32Array, channel: number, x: number, y: number, z: number) =>
    data[((channel * R + z) * R + y) * R + x];

  test('is the distance along the axis over the truncation, positive in front', () => {
    const { data, shape } = observedField(cube, window, intrinsics, depth, undefined, OPTIONS);
    expect(shape).toEqual([1, 2, R, R, R]);
    // Cube: centre at depth 2.2, half side 0.5, z towards the viewer. Voxel z = 6 has q = 0.3, depth 2.05.
    expect(at(data, 0, 4, 4, 6)).toBeCloseTo(-0.5, 5);
    // q = 0.5, depth 1.95.
    expect(at(data, 0, 4, 4, 7)).toBeCloseTo(0.5, 5);
    expect(at(data, 0, 4, 4, 9)).toBe(1);
    expect(at(data, 0, 4, 4, 0)).toBe(-1);
    expect(at(data, 1, 4, 4, 4)).toBe(1);
  });

  test('is unknown where something may hide the object, free where nothing does and beside the window', () => {
    const half = splatPoints(wall(2, 25, 50), window, intrinsics, 50);
    const hidden = observedField(cube, window, intrinsics, half, undefined, OPTIONS);
    expect([at(hidden.data, 0, 7, 4, 4), at(hidden.data, 1, 7, 4, 4)]).toEqual([0, 0]);
    const everywhere = { width: 50, height: 50, data: new Uint8Array(2500).fill(1) };
    const free = observedField(cube, window, intrinsics, half, everywhere, OPTIONS);
    expect([at(free.data, 0, 7, 4, 4), at(free.data, 1, 7, 4, 4)]).toEqual([1, 1]);
    // The cube's front is wider than the window there.
    expect([at(hidden.data, 0, 9, 4, 9), at(hidden.data, 1, 9, 4, 9)]).toEqual([1, 1]);
  });

  test('is known only so far as its points are trusted, where there is a surface', () => {
    const half = splatPoints(wall(2, 25, 50), window, intrinsics, 50);
    const everywhere = { width: 50, height: 50, data: new Uint8Array(2500).fill(1) };
    const { data } = observedField(cube, window, intrinsics, half, everywhere, { ...OPTIONS, trust: 0.5 });
    expect([at(data, 0, 2, 4, 6), at(data, 1, 2, 4, 6)]).toEqual([expect.closeTo(-0.5, 5), 0.5]);
    expect([at(data, 0, 7, 4, 4), at(data, 1, 7, 4, 4)]).toEqual([1, 1]);
  });

  test('says nothing of the window without points, but what is free', () => {
    const nothing = new Float32Array(2500);
    const { data } = observedField(cube, window, intrinsics, nothing, undefined, OPTIONS);
    expect([at(data, 0, 2, 4, 4), at(data, 1, 2, 4, 4)]).toEqual([0, 0]);
    const everywhere = { width: 50, height: 50, data: new Uint8Array(2500).fill(1) };
    const free = observedField(cube, window, intrinsics, nothing, everywhere, OPTIONS);
    expect([at(free.data, 0, 2, 4, 4), at(free.data, 1, 2, 4, 4)]).toEqual([1, 1]);
  });
});
