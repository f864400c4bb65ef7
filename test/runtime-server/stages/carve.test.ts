import { describe, expect, test } from 'vitest';
import { tensor } from '../../../runtime-server/src/models/index.js';
import { carve } from '../../../runtime-server/src/stages/carve.js';

const R = 8;
const VOXELS = R ** 3;
/** A voxel is 1/4 of the truncation. */
const OPTIONS = { resolution: R, truncation: 1, measured: true };
const PER_VOXEL = 2 / R;

/** Solid everywhere. */
const solid = new Float32Array(VOXELS).fill(-1);
/** `of` says the observed distance at x, y, z, or undefined where nothing is known. */
function observed(of: (x: number, y: number, z: number) => number | undefined) {
  const data = new Float32Array(2 * VOXELS);
  for (let i = 0; i < VOXELS; i++) {
    const value = of(i % R, Math.floor(i / R) % R, Math.floor(i / R ** 2));
    data[i] = value ?? 0;
    data[VOXELS + i] = value === undefined ? 0 : 1;
  }
  return tensor(data, [1, 2, R, R, R]);
}
const at = (field: Float32Array, x: number, y = 0, z = 0): number => field[x + R * y + R * R * z];

describe('carving', () => {
  test.each([
    ['x', (x: number, _y: number, _z: number) => x],
    ['y', (_x: number, y: number, _z: number) => y],
    ['z', (_x: number, _y: number, z: number) => z],
  ])('raises what is empty to its distance from what may be solid, along %s', (_, along) => {
    const carved = carve(
      solid,
      observed((x, y, z) => (along(x, y, z) >= 3 ? 1 : undefined)),
      OPTIONS,
    );
    for (let i = 0; i < VOXELS; i++) {
      const depth = along(i % R, Math.floor(i / R) % R, Math.floor(i / R ** 2)) - 2;
      expect(carved[i]).toBeCloseTo(depth <= 0 ? -1 : (Math.min(4, depth) - 0.5) * PER_VOXEL, 6);
    }
  });

  test('measures slantwise, from the nearest voxel that may be solid', () => {
    const carved = carve(
      solid,
      observed((x, y, z) => (x === 0 && y === 0 && z === 0 ? undefined : 1)),
      OPTIONS,
    );
    expect(at(carved, 0)).toBe(-1);
    expect(at(carved, 1, 1, 1)).toBeCloseTo((Math.sqrt(3) - 0.5) * PER_VOXEL, 6);
  });

  test('leaves alone what lies farther out already, and the field that it was given', () => {
    const far = new Float32Array(VOXELS).fill(5);
    expect(
      carve(
        far,
        observed(() => 1),
        OPTIONS,
      ),
    ).toEqual(far);
    expect(solid.every((value) => value === -1)).toBe(true);
  });

  test('cuts exactly at a measured surface, but beside the silhouette alone where depth is estimated', () => {
    const surface = observed((x) => (3.75 - x) / 3.75);
    const measured = carve(solid, surface, OPTIONS);
    expect(at(measured, 3)).toBeCloseTo(0.2, 6);
    expect(at(measured, 4)).toBeCloseTo(-0.25 / 3.75, 6);
    expect(at(measured, 7)).toBeCloseTo(-3.25 / 3.75, 6);
    const estimated = carve(solid, surface, { ...OPTIONS, measured: false });
    expect(at(estimated, 0)).toBeGreaterThan(0);
    expect([1, 3, 7].every((x) => at(estimated, x) === -1)).toBe(true);
  });

  test('does nothing where nothing is known', () => {
    expect(
      carve(
        solid,
        observed(() => undefined),
        OPTIONS,
      ),
    ).toEqual(solid);
  });
});
