import { boxMesh, cylinderMesh, type Mesh, meshToField, quat, transformPositions, type Vec3 } from '@scenemaker/sdk';
import { rasteriseDepth } from '@scenemaker/sdk/render';
import { describe, expect, test } from 'vitest';
import { completeObserved } from '../../../runtime-server/src/stages/complete-observed.js';
import { observedField } from '../../../runtime-server/src/stages/observed-field.js';
import { type SeenObject, voxelAt } from '../../../runtime-server/src/stages/symmetry-trial.js';
import { findSymmetry, type Symmetry } from '../../../runtime-server/src/stages/symmetry.js';
import { cameraToCube, cubeToCamera, type ObjectCube } from '../../../runtime-server/src/stages/upright.js';

const SIZE = 64;
const intrinsics = { fx: 200, fy: 200, cx: 32, cy: 32 };
const window = { x: 0, y: 0, side: SIZE };
/** Two metres away; its z points to the viewer, its y up. */
const cube: ObjectCube = { center: [0, 0, 2], halfSide: 0.3, cubeFromCamera: [1, 0, 0, 0, -1, 0, 0, 0, -1] };
const RESOLUTIONS = { observed: 64, generated: 32 };
const TRUNCATION = 0.2;

/** What the camera sees of a mesh in cube coordinates, when something else was generated. */
function look(mesh: Mesh, generated = mesh): SeenObject {
  const positions = new Float32Array(mesh.positions.length);
  for (let i = 0; i < positions.length; i += 3) positions.set(cubeToCamera(cube, at(mesh.positions, i)), i);
  const depth = rasteriseDepth({ positions, indices: mesh.indices }, { ...intrinsics, width: SIZE, height: SIZE });
  const points: number[] = [];
  const free = { width: SIZE, height: SIZE, data: Uint8Array.from(depth, (z) => (z < Infinity ? 0 : 1)) };
  depth.forEach((z, i) => {
    if (z === Infinity || i % 5 !== 0) return;
    const [u, v] = [(i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5];
    points.push(...cameraToCube(cube, [((u - 32) / 200) * z, ((v - 32) / 200) * z, z]));
  });
  const seen = depth.map((z) => (z < Infinity ? z : 0));
  const options = { resolution: RESOLUTIONS.observed, truncation: TRUNCATION, trust: 1 };
  return {
    points: Float32Array.from(points),
    observed: observedField(cube, window, intrinsics, seen, free, options),
    generated: meshToField(generated, RESOLUTIONS.generated, 1, TRUNCATION).subarray(0, RESOLUTIONS.generated ** 3),
    resolutions: RESOLUTIONS,
    truncation: TRUNCATION,
    level: 0,
  };
}

const at = (positions: Float32Array, i: number): Vec3 => [positions[i], positions[i + 1], positions[i + 2]];

const placed = (mesh: Mesh, turn: number, move: Vec3): Mesh => ({
  ...mesh,
  positions: transformPositions(mesh.positions, quat.fromAxisAngle([0, 1, 0], turn), move),
});

/** Value and how far it is known. */
function read({ observed }: SeenObject, [x, y, z]: Vec3): [number, number] {
  const i = voxelAt(x, y, z, RESOLUTIONS.observed);
  return [observed.data[i], observed.data[RESOLUTIONS.observed ** 3 + i]];
}

const CAN = placed(cylinderMesh(0.35, 0.5), 0, [0.1, 0, -0.15]);

describe('the symmetry of what was seen', () => {
  test('is about the axis of what is round', () => {
    const symmetry = findSymmetry(look(CAN));
    expect(symmetry).toMatchObject({ kind: 'revolution' });
    if (symmetry?.kind !== 'revolution') return;
    expect(symmetry.axis.x).toBeCloseTo(0.1, 1);
    expect(Math.abs(symmetry.axis.z + 0.15)).toBeLessThan(0.04);
  });

  test('is about its axis though something shallower was generated', () => {
    const flat = placed(boxMesh(0.35, 0.5, 0.15), 0, [0.1, 0, 0.05]);
    const symmetry = findSymmetry(look(CAN, flat));
    expect(symmetry).toMatchObject({ kind: 'revolution' });
    if (symmetry?.kind === 'revolution') expect(Math.abs(symmetry.axis.z + 0.15)).toBeLessThan(0.06);
  });

  test('is to a plane of what is not', () => {
    const turn = 0.5;
    const symmetry = findSymmetry(look(placed(boxMesh(0.55, 0.4, 0.25), turn, [0, 0, -0.1])));
    expect(symmetry).toMatchObject({ kind: 'mirror' });
    if (symmetry?.kind !== 'mirror') return;
    // Each side of a box is as good: what counts is that planes are along them and through the middle.
    for (const { angle, offset } of symmetry.planes) {
      const off = (((angle + turn) / (Math.PI / 2)) % 1) * 90;
      expect(Math.min(Math.abs(off), 90 - Math.abs(off))).toBeLessThan(8);
      expect(Math.abs(offset - Math.sin(angle) * -0.1)).toBeLessThan(0.05);
    }
  });

  test('is none where nothing was seen', () => {
    expect(findSymmetry({ ...look(CAN), points: new Float32Array() })).toBeUndefined();
  });

  test('is none where everything moved would lie where nothing is', () => {
    const seen = look(CAN);
    const voxels = RESOLUTIONS.observed ** 3;
    const data = seen.observed.data.map((value, i) => (i < voxels ? Math.max(value, 0.9) : 1));
    expect(findSymmetry({ ...seen, observed: { ...seen.observed, data } })).toBeUndefined();
  });
});

describe('completing what was seen', () => {
  const seen = look(CAN);
  const behind: Vec3 = [0.1, 0, -0.15 - 0.33];
  const beyond: Vec3 = [0.1, 0, -0.15 - 0.42];

  test('tells of the far side what was seen of the near one', () => {
    expect(read(seen, behind)[0]).toBe(-1);
    const axis = { x: 0.1, z: -0.15 };
    const symmetries: Symmetry[] = [
      { kind: 'revolution', axis },
      { kind: 'mirror', planes: [{ angle: Math.PI / 2, offset: -0.15 }] },
    ];
    for (const symmetry of symmetries) {
      const observed = completeObserved(seen.observed, RESOLUTIONS.observed, symmetry);
      const [inside, known] = read({ ...seen, observed }, behind);
      expect(known).toBe(1);
      expect(inside).toBeLessThan(0);
      expect(inside).toBeGreaterThan(-0.5);
      expect(read({ ...seen, observed }, beyond)[0]).toBeGreaterThan(0);
    }
  });

  test('leaves what was seen as it is', () => {
    const symmetry: Symmetry = { kind: 'mirror', planes: [{ angle: 1, offset: -0.2 }] };
    const { data } = completeObserved(seen.observed, RESOLUTIONS.observed, symmetry);
    const voxels = RESOLUTIONS.observed ** 3;
    const changed = seen.observed.data.filter((value, i) => {
      const known = seen.observed.data[voxels + (i % voxels)] > 0 && seen.observed.data[i % voxels] > -1;
      return known && data[i] !== value;
    });
    expect(changed).toHaveLength(0);
    expect(data).not.toEqual(seen.observed.data);
  });
});
