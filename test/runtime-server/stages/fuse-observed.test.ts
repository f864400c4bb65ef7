import { describe, expect, test } from 'vitest';
import { tensor } from '../../../runtime-server/src/models/index.js';
import { fuseObserved } from '../../../runtime-server/src/stages/fuse-observed.js';

const R = 8;
const VOXELS = R ** 3;
/** A voxel is 1/4 of the truncation. */
const LEVEL = 0.1;
const OPTIONS = { resolution: R, truncation: 1, level: LEVEL, measured: true };
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

describe('fusing what was seen', () => {
  test.each([
    ['x', (x: number, _y: number, _z: number) => x],
    ['y', (_x: number, y: number, _z: number) => y],
    ['z', (_x: number, _y: number, z: number) => z],
  ])('raises what is empty to its distance from what may be solid, along %s', (_, along) => {
    const fused = fuseObserved(
      solid,
      observed((x, y, z) => (along(x, y, z) >= 3 ? 1 : undefined)),
      OPTIONS,
    );
    for (let i = 0; i < VOXELS; i++) {
      const depth = along(i % R, Math.floor(i / R) % R, Math.floor(i / R ** 2)) - 2;
      expect(fused[i]).toBeCloseTo(depth <= 0 ? -1 : LEVEL + (Math.min(4, depth) - 0.5) * PER_VOXEL, 6);
    }
  });

  test('measures slantwise, from the nearest voxel that may be solid', () => {
    const fused = fuseObserved(
      solid,
      observed((x, y, z) => (x === 0 && y === 0 && z === 0 ? undefined : 1)),
      OPTIONS,
    );
    expect(at(fused, 0)).toBe(-1);
    expect(at(fused, 1, 1, 1)).toBeCloseTo(LEVEL + (Math.sqrt(3) - 0.5) * PER_VOXEL, 6);
  });

  test('leaves alone what lies farther out already, and the field that it was given', () => {
    const far = new Float32Array(VOXELS).fill(5);
    expect(
      fuseObserved(
        far,
        observed(() => 1),
        OPTIONS,
      ),
    ).toEqual(far);
    expect(solid.every((value) => value === -1)).toBe(true);
  });

  test('puts the surface where it was seen, into what is solid and into what is empty', () => {
    const surface = observed((x) => (3.75 - x) / 3.75);
    const wanted = (x: number): number => LEVEL + (3.75 - x) / 3.75;
    const cut = fuseObserved(solid, surface, OPTIONS);
    const filled = fuseObserved(new Float32Array(VOXELS).fill(0.8), surface, OPTIONS);
    for (const x of [1, 2, 3]) {
      expect(at(cut, x)).toBeCloseTo(wanted(x), 6);
      expect(at(filled, x)).toBeCloseTo(Math.max(0.8, wanted(x)), 6);
    }
    for (const x of [4, 5, 6, 7]) {
      expect(at(cut, x)).toBe(-1);
      expect(at(filled, x)).toBeCloseTo(wanted(x), 6);
    }
  });

  test('fills no farther behind a surface than it is known', () => {
    const near = new Float32Array(VOXELS).fill(0.8);
    const fused = fuseObserved(
      near,
      observed((x) => (x < 4 ? -0.5 : -1)),
      OPTIONS,
    );
    expect(at(fused, 3)).toBeCloseTo(LEVEL - 0.5, 6);
    expect(at(fused, 4)).toBeCloseTo(0.8, 6);
  });

  test('fills far from all that was generated only what was measured', () => {
    const far = new Float32Array(VOXELS).fill(1);
    const behind = observed(() => -0.5);
    expect(fuseObserved(far, behind, { ...OPTIONS, measured: false })).toEqual(far);
    expect(fuseObserved(far, behind, OPTIONS)).toEqual(far.map(() => Math.fround(LEVEL - 0.5)));
  });

  test('does nothing where nothing is known', () => {
    expect(
      fuseObserved(
        solid,
        observed(() => undefined),
        OPTIONS,
      ),
    ).toEqual(solid);
  });
});
