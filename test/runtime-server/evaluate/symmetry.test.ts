import { describe, expect, test } from 'vitest';
import { boxMesh, cylinderMesh, type Mesh, quat, type Quat, sphereMesh, type Vec3, vec3 } from '@scenemaker/sdk';
import { findSymmetries, NO_SYMMETRY, rotationError } from '../../../runtime-server/src/evaluate/metrics/symmetry.js';

const turn = (axis: Vec3, degrees: number): Quat => quat.fromAxisAngle(vec3.normalize(axis), (degrees * Math.PI) / 180);
const truth = turn([1, 2, -1], 77);
/** The error of an estimate that is `turn` away, in the object's own frame. */
const errorAfter = (mesh: Mesh, away: Quat): number =>
  rotationError(quat.multiply(truth, away), truth, findSymmetries(mesh));

/** A cup: a cylinder with a handle at +x. */
function cup(): Mesh {
  const [body, handle] = [cylinderMesh(0.35, 0.5), boxMesh(0.08, 0.2, 0.04)];
  const first = body.positions.length / 3;
  return {
    positions: Float32Array.of(...body.positions, ...handle.positions.map((p, i) => (i % 3 === 0 ? p + 0.42 : p))),
    indices: Uint32Array.of(...body.indices, ...handle.indices.map((index) => index + first)),
  };
}

describe('rotation error up to symmetry', () => {
  test('without symmetry it is the angle', () => {
    expect(rotationError(quat.multiply(truth, turn([0, 1, 0], 30)), truth, NO_SYMMETRY)).toBeCloseTo(30, 5);
    expect(rotationError(truth, truth, NO_SYMMETRY)).toBeCloseTo(0, 3);
  });

  test('a box with three different sides looks the same after half turns alone', () => {
    const box = boxMesh(0.5, 0.35, 0.2);
    expect(findSymmetries(box).turns).toHaveLength(4);
    expect(errorAfter(box, turn([1, 0, 0], 180))).toBeLessThan(0.1);
    expect(errorAfter(box, turn([0, 1, 0], 90))).toBeCloseTo(90, 1);
    expect(errorAfter(box, turn([0, 0, 1], 170))).toBeCloseTo(10, 1);
  });

  test('a cube has the 24 turns of a cube', () => {
    const cube = boxMesh(0.5, 0.5, 0.5);
    expect(findSymmetries(cube).turns).toHaveLength(24);
    expect(errorAfter(cube, turn([1, 1, 1], 120))).toBeLessThan(0.1);
    expect(errorAfter(cube, turn([0, 1, 0], 75))).toBeCloseTo(15, 1);
  });

  test('a cylinder may turn about its axis by any angle, and stand on its head', () => {
    const can = cylinderMesh(0.3, 0.5);
    expect(findSymmetries(can).axis?.map(Math.abs)).toEqual([0, 1, 0]);
    expect(errorAfter(can, turn([0, 1, 0], 37))).toBeLessThan(0.1);
    expect(errorAfter(can, turn([1, 0, 0], 180))).toBeLessThan(0.1);
    expect(errorAfter(can, turn([1, 0, 0], 25))).toBeCloseTo(25, 1);
    expect(errorAfter(can, quat.multiply(turn([1, 0, 0], 25), turn([0, 1, 0], 80)))).toBeCloseTo(25, 1);
  });

  test('every rotation of a ball is right', () => {
    expect(errorAfter(sphereMesh(0.5), turn([3, 1, 2], 101))).toBe(0);
  });

  test('the handle of a cup gives its rotation away', () => {
    expect(findSymmetries(cup()).axis).toBeUndefined();
    expect(errorAfter(cup(), turn([0, 1, 0], 90))).toBeCloseTo(90, 1);
    expect(errorAfter(cup(), turn([0, 1, 0], 15))).toBeCloseTo(15, 1);
  });
});
