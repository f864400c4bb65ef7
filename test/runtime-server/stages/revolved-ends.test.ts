import { cylinderMesh, fromGrid, latheMesh, type Mesh, sphereMesh } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import { endsOf } from '../../../runtime-server/src/stages/revolved-ends.js';
import { revolveSilhouette } from '../../../runtime-server/src/stages/revolved.js';
import { cube, intrinsics, silhouetteOf, SIZE } from '../../support/silhouettes.js';

const HEIGHTS = 64;
/** Of a voxel, in half sides of the cube. */
const STEP = 2 / HEIGHTS;

/** Radii by height, of the mesh as its silhouette tells. */
function profileOf(mesh: Mesh, hidden?: (pixel: number) => boolean): Map<number, number> {
  const { radii } = revolveSilhouette(cube, silhouetteOf(mesh, hidden), { front: 0.3, resolution: HEIGHTS });
  const profile = new Map<number, number>();
  for (const [j, radius] of radii.entries()) {
    if (radius > 0) profile.set(fromGrid(j, { resolution: HEIGHTS, halfExtent: 1 }), radius);
  }
  return profile;
}
const endsOfProfile = (profile: Map<number, number>): [number, number] => [
  Math.min(...profile.keys()),
  Math.max(...profile.keys()),
];

describe('the ends of a solid of revolution', () => {
  test('are flat where its wall is steep', () => {
    const can = profileOf(cylinderMesh(0.4, 0.4));
    const [low, high] = endsOfProfile(can);
    expect(Math.abs(low + 0.4)).toBeLessThan(2.5 * STEP);
    expect(Math.abs(high - 0.4)).toBeLessThan(2.5 * STEP);
    expect(can.get(low)).toBeGreaterThan(0.3);
    expect(can.get(high)).toBeGreaterThan(0.3);
  });

  test('are round where the rest is', () => {
    const ball = profileOf(sphereMesh(0.5));
    const [low, high] = endsOfProfile(ball);
    expect(Math.abs(low + 0.5)).toBeLessThan(2.5 * STEP);
    expect(Math.abs(high - 0.5)).toBeLessThan(2.5 * STEP);
    for (const [y, radius] of ball) {
      const exact = Math.sqrt(Math.max(0, 0.5 ** 2 - y ** 2));
      if (exact > 0.3) expect(Math.abs(radius - exact)).toBeLessThan(0.06);
    }
  });

  test('are where the silhouette ends where that is hidden', () => {
    const hidden = (pixel: number): boolean => pixel >= SIZE * 80;
    const [low] = endsOfProfile(profileOf(cylinderMesh(0.4, 0.4), hidden));
    expect(low).toBeLessThan(-0.5);
  });

  test('are left to what would be nothing without them', () => {
    for (const mesh of [
      cylinderMesh(0.6, 0.02),
      latheMesh([
        [0.6, -0.1],
        [0, 0.1],
      ]),
    ]) {
      const profile = profileOf(mesh);
      expect(profile.size).toBeGreaterThan(2);
      expect(Math.max(...profile.values())).toBeGreaterThan(0.45);
    }
  });

  test('of nothing are none', () => {
    const nothing = new Float32Array(HEIGHTS);
    expect(endsOf(cube, intrinsics, { x: 0, z: 0 }, nothing)).toEqual(nothing);
  });
});
