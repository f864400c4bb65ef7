import { mat3, type Vec3, vec3 } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import {
  cameraToCube,
  cubeToCamera,
  objectCube,
  projectPoint,
  rayThrough,
  uprightFromCamera,
} from '../../../runtime-server/src/stages/upright.js';

/** To six digits, without negative zeros. */
const rounded = (v: Vec3): number[] => v.map((value) => Math.round(value * 1e6) / 1e6 + 0);

describe('the upright frame', () => {
  test('of a level camera turns y up and z back', () => {
    const upright = uprightFromCamera([0, -1, 0]);
    expect(rounded(mat3.apply(upright, [1, 0, 0]))).toEqual(rounded([1, 0, 0]));
    expect(rounded(mat3.apply(upright, [0, 1, 0]))).toEqual(rounded([0, -1, 0]));
    expect(rounded(mat3.apply(upright, [0, 0, 1]))).toEqual(rounded([0, 0, -1]));
  });

  test('of a camera that looks 30 degrees down keeps the optical axis above -z', () => {
    // Looking down, up has a part against the optical axis: up = (0, -cos 30, -sin 30).
    const up: Vec3 = [0, -Math.cos(Math.PI / 6), -Math.sin(Math.PI / 6)];
    const upright = uprightFromCamera(up);
    expect(rounded(mat3.apply(upright, up))).toEqual(rounded([0, 1, 0]));
    expect(rounded(mat3.apply(upright, [0, 0, 1]))).toEqual(rounded([0, -0.5, -Math.cos(Math.PI / 6)]));
    expect(rounded(mat3.apply(upright, [1, 0, 0]))).toEqual(rounded([1, 0, 0]));
    expect(mat3.determinant(upright)).toBeCloseTo(1, 9);
  });

  test('is a rotation for any up vector', () => {
    for (const raw of [
      [0.3, -0.9, 0.2],
      [0.7, -0.1, -0.6],
      [0, 0, -1],
    ] as Vec3[]) {
      const upright = uprightFromCamera(vec3.normalize(raw));
      expect(mat3.determinant(upright)).toBeCloseTo(1, 9);
      expect(rounded(mat3.apply(mat3.multiply(upright, mat3.transpose(upright)), [1, 2, 3]))).toEqual(
        rounded([1, 2, 3]),
      );
    }
  });
});

describe('the object cube', () => {
  const intrinsics = { fx: 100, fy: 100, cx: 50, cy: 50 };
  const points = Float32Array.of(0, 0, 1.9, 0, 0, 2, 0, 0, 2.4);

  test('lies behind the median depth, as wide as the window there', () => {
    const cube = objectCube({ x: 25, y: 25, side: 50 }, intrinsics, [0, -1, 0], points);
    // side = 50 / 100 * 2 = 1; centre 0.2 behind depth 2 along the axis.
    expect(rounded(cube.center)).toEqual(rounded([0, 0, 2.2]));
    expect(cube.halfSide).toBeCloseTo(0.5);
    expect(rounded(cubeToCamera(cube, [0, 0, 1]))).toEqual(rounded([0, 0, 1.7]));
    expect(rounded(cubeToCamera(cube, [1, 0, 0]))).toEqual(rounded([0.5, 0, 2.2]));
    expect(rounded(cubeToCamera(cube, [0, 1, 0]))).toEqual(rounded([0, -0.5, 2.2]));
  });

  test('faces the viewer along its own ray', () => {
    const cube = objectCube({ x: 125, y: 25, side: 50 }, intrinsics, [0, -1, 0], points);
    // The ray through (150, 50) is (1, 0, 1): 45 degrees to the right.
    expect(rounded(cube.center)).toEqual(rounded([2 + 0.2 / Math.SQRT2, 0, 2 + 0.2 / Math.SQRT2]));
    const front = vec3.sub(cubeToCamera(cube, [0, 0, 1]), cube.center);
    expect(rounded(vec3.normalize(front))).toEqual(rounded([-Math.SQRT1_2, 0, -Math.SQRT1_2]));
  });

  test('maps there and back', () => {
    const cube = objectCube({ x: 10, y: 60, side: 30 }, intrinsics, vec3.normalize([0.1, -0.9, -0.3]), points);
    expect(rounded(cameraToCube(cube, cubeToCamera(cube, [0.3, -0.7, 0.9])))).toEqual(rounded([0.3, -0.7, 0.9]));
  });
});

test('projection undoes the ray', () => {
  const intrinsics = { fx: 80, fy: 90, cx: 31, cy: 17 };
  const [u, v] = projectPoint(intrinsics, vec3.scale(rayThrough(intrinsics, 12.5, 40.5), 3));
  expect(u).toBeCloseTo(12.5);
  expect(v).toBeCloseTo(40.5);
});
