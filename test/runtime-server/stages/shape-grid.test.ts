import { describe, expect, test } from 'vitest';
import { shapeGrid } from '../../../runtime-server/src/stages/shape-grid.js';
import { cubeToCamera, type ObjectCube } from '../../../runtime-server/src/stages/upright.js';

const cube: ObjectCube = { center: [0.1, 0, 2], halfSide: 0.5, cubeFromCamera: [1, 0, 0, 0, -1, 0, 0, 0, -1] };
const SETTINGS = { resolution: 8, truncation: 0.2 };
const field = Float32Array.from({ length: 512 }, (_, i) => (i % 7) / 10 - 0.5);

/** 100 points along the cube's z, evenly between two places; so many more lie at `stray`. */
function along(from: number, to: number, strays = 0, stray = 0): Float32Array {
  const places = Array.from({ length: 100 }, (_, i) => from + ((to - from) * i) / 99);
  return Float32Array.from(
    [...places, ...Array<number>(strays).fill(stray)].flatMap((z) => cubeToCamera(cube, [0, 0, z])),
  );
}

describe('the grid of a shape', () => {
  test.each([new Float32Array(), along(-0.8, 0.85)])(
    'is that of the generator where that holds what was seen',
    (points) => {
      const grid = shapeGrid(field, cube, points, SETTINGS);
      expect(grid).toEqual({ cube, ...SETTINGS, generatorExtent: 1, generated: field });
    },
  );

  test('reaches as far as what was seen, in cells of the same size', () => {
    const grid = shapeGrid(field, cube, along(-0.5, 1.15), SETTINGS);
    // 0.25 beyond the end, room included, is one cell of a quarter.
    expect(grid.resolution).toBe(10);
    expect(grid.cube.halfSide / grid.resolution).toBeCloseTo(cube.halfSide / 8, 9);
    expect(grid.truncation * grid.cube.halfSide).toBeCloseTo(0.2 * cube.halfSide, 9);
    expect(grid.generatorExtent * grid.cube.halfSide).toBeCloseTo(cube.halfSide, 9);
    const at = (x: number, y: number, z: number): number => grid.generated[(z * 10 + y) * 10 + x];
    expect(at(1, 1, 1)).toBe(field[0]);
    expect(at(8, 3, 5)).toBe(field[(4 * 8 + 2) * 8 + 7]);
    expect([at(0, 4, 4), at(4, 9, 4), at(4, 4, 0)]).toEqual([1, 1, 1]);
  });

  test('is not made wide by a few points, nor without end by many', () => {
    expect(shapeGrid(field, cube, along(-0.5, 0.5, 1, -5), SETTINGS).resolution).toBe(8);
    expect(shapeGrid(field, cube, along(-0.5, 0.5, 20, -5), SETTINGS).resolution).toBe(12);
  });
});
