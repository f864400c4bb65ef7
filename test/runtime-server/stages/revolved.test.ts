import {
  boxMesh,
  cylinderMesh,
  type Mesh,
  meshBounds,
  meshToField,
  quat,
  transformPositions,
  vec3,
  type Vec3,
} from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import { fieldBeside } from '../../../runtime-server/src/stages/beside-round.js';
import { evenedOut, revolvedField } from '../../../runtime-server/src/stages/revolved-field.js';
import { type Revolved, revolveSilhouette } from '../../../runtime-server/src/stages/revolved.js';
import { shapeFromField } from '../../../runtime-server/src/stages/shape-field.js';
import { voxelAt } from '../../../runtime-server/src/stages/symmetry-trial.js';
import { cube, intrinsics, joined, look, mask, silhouetteOf, SIZE, up } from '../../support/silhouettes.js';

const RESOLUTION = 64;
const front = { front: 0.3, resolution: RESOLUTION };

const placed = (mesh: Mesh, turn: number, x: number, z: number): Mesh => ({
  ...mesh,
  positions: transformPositions(mesh.positions, quat.fromAxisAngle([0, 1, 0], turn), [x, 0, z]),
});

const CAN = placed(cylinderMesh(0.3, 0.5), 0, 0.1, 0);
/** It reaches from within the can to x = 0.65. */
const CAN_WITH_HANDLE = joined(CAN, placed(boxMesh(0.2, 0.05, 0.05), 0, 0.45, 0));
const widest = ({ radii }: Revolved): number => Math.max(...radii);

describe('the solid of revolution that fills a silhouette', () => {
  test('is the round object that made it', () => {
    const solid = revolveSilhouette(cube, silhouetteOf(CAN), front);
    expect(solid.coverage).toBeGreaterThan(0.99);
    expect(solid.axis.x).toBeCloseTo(0.1, 1);
    // 0.3 of the half side, but for half a voxel and what is nearer to the camera.
    expect(widest(solid)).toBeGreaterThan(0.27);
    expect(widest(solid)).toBeLessThan(0.34);
  });

  test('is not stopped by what hides a part of it', () => {
    const behind = silhouetteOf(CAN, (i) => i % SIZE < 62 && i > (SIZE * SIZE) / 2);
    const solid = revolveSilhouette(cube, behind, front);
    expect(solid.coverage).toBeGreaterThan(0.98);
    expect(widest(solid)).toBeGreaterThan(0.27);
  });

  test.each([
    ['a box', placed(boxMesh(0.6, 0.6, 0.6), 0.3, 0, 0)],
    ['a long box seen from its side', placed(boxMesh(0.9, 0.3, 0.5), 0.4, 0, 0)],
    [
      'what lies down',
      { ...CAN, positions: transformPositions(CAN.positions, quat.fromAxisAngle([0, 0, 1], 1), [0, 0, 0]) },
    ],
  ])('does not fill that of %s', (_, mesh) => {
    expect(revolveSilhouette(cube, silhouetteOf(mesh), front).coverage).toBeLessThan(0.985);
  });

  test('is nowhere when nothing is seen', () => {
    const nothing = { intrinsics, seen: mask(() => false), free: mask(() => true) };
    const solid = revolveSilhouette(cube, nothing, front);
    expect(solid.coverage).toBe(0);
    expect(widest(solid)).toBe(0);
    expect(revolvedField(solid, 0.2).every((value) => value === 1)).toBe(true);
  });
});

describe('fields about an axis', () => {
  const radii = new Float32Array(RESOLUTION).map((_, j) => (j >= 16 && j < 48 ? 0.3 : 0));
  const solid = {
    axis: { x: 0.1, z: 0 },
    radii,
    asWide: new Uint8Array(RESOLUTION),
    covered: mask(() => false),
    coverage: 1,
  };
  const field = revolvedField(solid, 0.2);
  const read = (of: Float32Array, x: number, y: number, z: number): number => of[voxelAt(x, y, z, RESOLUTION)];

  test('hold the signed distance to the solid over the truncation', () => {
    const cylinder = meshToField(CAN, RESOLUTION, 1, 0.2);
    for (let i = 0; i < RESOLUTION ** 3; i += 37) expect(Math.abs(field[i] - cylinder[i])).toBeLessThan(0.25);
    expect(read(field, 0.1, 0, 0)).toBe(-1);
    expect(read(field, 0.9, 0, 0)).toBe(1);
    expect(read(field, 0.1, 0.6, 0)).toBeGreaterThan(0.3);
  });

  test('evened out are the same all round, and stay what they are if they were', () => {
    const axis = { x: 0.1, z: 0 };
    const again = evenedOut(field, RESOLUTION, axis);
    for (let i = 0; i < field.length; i += 37) expect(Math.abs(again[i] - field[i])).toBeLessThan(0.2);
    const lopsided = field.map((value, i) => (i % RESOLUTION < 35 ? value : 1));
    const evened = evenedOut(lopsided, RESOLUTION, axis);
    expect(read(lopsided, 0.25, 0, 0) - read(lopsided, -0.05, 0, 0)).toBeGreaterThan(1);
    expect(Math.abs(read(evened, 0.25, 0, 0) - read(evened, -0.05, 0, 0))).toBeLessThan(0.25);
  });
});

describe('what is seen beside it', () => {
  const besideOf = (mesh: Mesh): Float32Array | undefined => {
    const silhouette = silhouetteOf(mesh);
    return fieldBeside(cube, silhouette, revolveSilhouette(cube, silhouette, front), 0.2);
  };
  const read = (of: Float32Array, x: number, y: number, z: number): number => of[voxelAt(x, y, z, RESOLUTION)];

  test('lies in the plane of the axis, as thick as it is wide', () => {
    const field = besideOf(CAN_WITH_HANDLE) ?? new Float32Array(0);
    const { axis } = revolveSilhouette(cube, silhouetteOf(CAN_WITH_HANDLE), front);
    expect(read(field, 0.55, 0, axis.z)).toBeLessThan(0);
    expect(read(field, 0.55, 0, axis.z + 0.15)).toBeGreaterThan(0.2);
    expect(read(field, 0.55, 0, axis.z - 0.15)).toBeGreaterThan(0.2);
    expect(read(field, 0.55, 0.4, axis.z)).toBe(1);
    // It holds on to the can, and is nowhere within it.
    expect(read(field, axis.x, 0, axis.z)).toBe(1);
  });

  test('is nothing where the solid covers all', () => {
    expect(besideOf(CAN)).toBeUndefined();
  });
});

/** Between the quartiles. */
function spread(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(3 * sorted.length) >> 2] - sorted[sorted.length >> 2];
}

describe('the shape of an object of estimated depth', () => {
  const settings = { resolution: 32, pictureSize: 64, truncation: 0.2, estimatedTrust: 1, level: 0 };
  const window = { x: 0, y: 0, side: SIZE };
  /** What a network makes of a can: a board that faces the camera. */
  const board = meshToField(placed(boxMesh(0.6, 1, 0.12), 0, 0.1, 0.2), 32, 1, 0.2);
  const generated = new Float32Array(4 * 32 ** 3);
  generated.set(board.subarray(0, 32 ** 3));

  function make(mesh: Mesh, measured: boolean, round?: number): { size: Vec3; points: Float32Array | undefined } {
    const depth = look(mesh);
    const points: number[] = [];
    depth.forEach((z, i) => {
      if (z === Infinity) return;
      // Measured as it is; estimated at one distance.
      const far = measured ? z : 1.93;
      points.push((((i % SIZE) + 0.5 - 64) / 400) * far, ((Math.floor(i / SIZE) + 0.5 - 64) / 400) * far, far);
    });
    const object = { width: SIZE, height: SIZE, data: new Uint8Array(4 * SIZE * SIZE) };
    depth.forEach((z, i) => z < Infinity && object.data.set([200, 80, 40, 255], 4 * i));
    const input = {
      object,
      window,
      intrinsics,
      up,
      points: Float32Array.from(points),
      measured,
      ...(round !== undefined && { solids: { round, box: 0 } }),
      free: silhouetteOf(mesh).free,
    };
    const observed = { window, cube, feeds: {} as never };
    const made = shapeFromField(generated, observed, input, settings);
    const { min, max } = meshBounds(made.mesh);
    return { size: vec3.sub(max, min), points: made.points };
  }

  test('is as deep as wide where its silhouette is round', () => {
    const {
      size: [width, , depth],
      points = new Float32Array(0),
    } = make(CAN, false);
    expect(depth / width).toBeCloseTo(1, 1);
    // The flat points that were estimated lie on its front now, which is round.
    const truth = look(CAN);
    const [errors, distances]: [number[], number[]] = [[], []];
    for (let i = 0; i < points.length; i += 3) {
      const [x, y, z] = points.subarray(i, i + 3);
      const there = truth[Math.floor((400 * y) / z + 64) * SIZE + Math.floor((400 * x) / z + 64)];
      if (there === Infinity) continue;
      errors.push(z - there);
      distances.push(there);
    }
    expect(errors.length).toBeGreaterThan(1000);
    expect(spread(errors)).toBeLessThan(spread(distances) / 3);
  });

  test('is as deep as wide where it looks round, though it has a handle', () => {
    const { coverage } = revolveSilhouette(cube, silhouetteOf(CAN_WITH_HANDLE), front);
    expect(coverage).toBeGreaterThan(0.85);
    expect(coverage).toBeLessThan(0.99);
    const ratioOf = (round?: number): number => {
      const { size } = make(CAN_WITH_HANDLE, false, round);
      return size[2] / size[0];
    };
    // The handle makes it 0.85 wide where it is 0.6 deep; the board is thinner.
    expect(ratioOf(0.9)).toBeGreaterThan(0.65);
    expect(ratioOf(0.01)).toBeLessThan(0.6);
    expect(ratioOf()).toBeLessThan(0.6);
  });

  test('is round by its outline alone, where no point was seen at all', () => {
    const depth = look(CAN);
    const object = { width: SIZE, height: SIZE, data: new Uint8Array(4 * SIZE * SIZE) };
    depth.forEach((z, i) => z < Infinity && object.data.set([200, 80, 40, 255], 4 * i));
    const { mesh, points } = shapeFromField(
      generated,
      { window, cube, feeds: {} as never },
      {
        object,
        window,
        intrinsics,
        up,
        points: new Float32Array(0),
        measured: true,
        free: silhouetteOf(CAN).free,
      },
      settings,
    );
    const { min, max } = meshBounds(mesh);
    expect((max[2] - min[2]) / (max[0] - min[0])).toBeCloseTo(1, 1);
    expect(points).toBeUndefined();
  });

  test('is what was generated where it is not', () => {
    const {
      size: [width, , depth],
      points,
    } = make(placed(boxMesh(0.9, 0.3, 0.5), 0.4, 0, 0), false);
    expect(depth / width).toBeLessThan(0.6);
    expect(points).toBeUndefined();
  });
});
