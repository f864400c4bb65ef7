import { describe, expect, it, vi } from 'vitest';
import {
  boxMesh,
  capsuleMesh,
  convexHull,
  createMeshBvh,
  createRandom,
  cylinderMesh,
  meshBounds,
  meshVolume,
  quat,
  sampleSurface,
  sphereMesh,
  torusMesh,
  transformPositions,
  vec3,
  type ConvexHull,
  type Mesh,
} from '@scenemaker/sdk/geometry';
import { colliderVolume, decompose, fitColliders, MAX_HULL_VERTICES } from '@scenemaker/sdk/physics';
import {
  cupMesh,
  generatedChair,
  generatedTable,
  join,
  lMesh,
  move,
  shelfMesh,
  tableMesh,
  tilted,
  trayMesh,
} from '../../support/solids.js';

// The machine may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

const CUP = cupMesh();
const TABLE = tableMesh();

const pieceVolume = (hulls: readonly { positions: Float32Array; indices: Uint32Array }[]): number =>
  hulls.reduce((sum, hull) => sum + meshVolume(hull), 0);

/** With every vertex shaken. */
function rough(mesh: Mesh, by: number): Mesh {
  const random = createRandom(5);
  return { ...mesh, positions: mesh.positions.map((value) => value + random.range(-by, by)) };
}

describe('a primitive stands for what it explains', () => {
  it('a box', () => {
    const [collider] = fitColliders(boxMesh(0.5, 0.3, 0.2)).colliders;
    expect(collider).toMatchObject({ kind: 'box' });
    if (collider.kind !== 'box') return;
    expect(Math.max(...vec3.sub(collider.halfExtents, [0.5, 0.3, 0.2]).map(Math.abs))).toBeLessThan(1e-5);
  });

  it('a ball', () => {
    const [collider] = fitColliders(sphereMesh(0.5, 48)).colliders;
    expect(collider.kind === 'sphere' && Math.abs(collider.radius - 0.5) < 2e-3).toBe(true);
  });

  it('a cylinder and a capsule, lying', () => {
    const turn = quat.fromAxisAngle([0, 0, 1], Math.PI / 2);
    for (const mesh of [cylinderMesh(0.15, 0.5), capsuleMesh(0.15, 0.35)]) {
      const [collider] = fitColliders({
        ...mesh,
        positions: transformPositions(mesh.positions, turn, vec3.ZERO),
      }).colliders;
      expect(collider.kind).toBe(mesh.indices.length > 1000 ? 'capsule' : 'cylinder');
      const along = 'rotation' in collider ? Math.abs(quat.rotate(collider.rotation, [0, 1, 0])[0]) : 0;
      expect(along).toBeCloseTo(1, 4);
    }
  });

  const odd = quat.normalize([0.21, 0.43, -0.17, 0.86]);
  for (const [kind, name, mesh] of [
    ['box', 'a turned cube', boxMesh(0.3, 0.3, 0.3)],
    ['box', 'a turned plate', boxMesh(0.5, 0.3, 0.01)],
    ['box', 'a turned, rough box', rough(boxMesh(0.5, 0.3, 0.2), 0.015)],
    ['sphere', 'a coarse ball', sphereMesh(0.5, 7)],
    ['sphere', 'a rough ball', rough(sphereMesh(0.5, 16), 0.02)],
    ['cylinder', 'a turned, coarse cylinder', cylinderMesh(0.2, 0.5, 12)],
    ['cylinder', 'a turned coin', cylinderMesh(0.5, 0.02)],
    ['cylinder', 'a turned cylinder as high as wide', cylinderMesh(0.3, 0.3)],
    ['cylinder', 'a turned, rough cylinder', rough(cylinderMesh(0.2, 0.5, 24), 0.01)],
    ['capsule', 'a turned capsule', capsuleMesh(0.15, 0.35)],
    ['capsule', 'a turned, rough capsule', rough(capsuleMesh(0.2, 0.3), 0.01)],
  ] as const) {
    it(`${name}, away from the origin`, () => {
      const { colliders, mass } = fitColliders(move(mesh, [0.3, -0.2, 0.5], odd));
      expect(colliders.map((collider) => collider.kind)).toEqual([kind]);
      const share = colliderVolume(colliders[0]) / mass.volume;
      expect(share).toBeGreaterThan(0.92);
      expect(share).toBeLessThan(1 / 0.92);
    });
  }

  it('but not for a wedge, which fills half its box', () => {
    const wedge = convexHull([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1]);
    expect(wedge && fitColliders(wedge).colliders.map((collider) => collider.kind)).toEqual(['hull']);
  });

  it('but not for a cup, a table or a ring', () => {
    for (const mesh of [CUP, TABLE, torusMesh(0.38, 0.12)]) {
      const { colliders } = fitColliders(mesh);
      expect(colliders.length).toBeGreaterThan(3);
      expect(colliders.every((collider) => collider.kind === 'hull')).toBe(true);
    }
  });
});

/** How far each of some points on the mesh lies outside all pieces, and the farthest. */
function farthestOutside(mesh: Mesh, hulls: readonly ConvexHull[]): number {
  const inside = hulls.map((hull) => createMeshBvh(hull));
  const { points } = sampleSurface(mesh, 300, 1);
  const outside = Array.from({ length: 300 }, (_, i) =>
    Math.min(
      ...inside.map((bvh) =>
        bvh.contains(vec3.at(points, i)) ? 0 : (bvh.closestPoint(vec3.at(points, i))?.distance ?? Infinity),
      ),
    ),
  );
  return Math.max(...outside);
}

describe('convex pieces', () => {
  it('of an L are two, exactly', () => {
    const hulls = decompose(lMesh());
    expect(hulls.length).toBe(2);
    expect(pieceVolume(hulls)).toBeCloseTo(0.4 * 0.1 * 0.1 + 0.1 * 0.3 * 0.1, 6);
  });

  it('of loose boxes that touch are the boxes', () => {
    for (const [mesh, count] of [
      [TABLE, 5],
      [trayMesh(), 5],
      [shelfMesh(), 7],
    ] as const) {
      const hulls = decompose(mesh);
      expect(hulls.length).toBe(count);
      expect(pieceVolume(hulls)).toBeCloseTo(meshVolume(mesh), 5);
    }
  });

  for (const [name, mesh, share] of [
    ['a cup', CUP, 1.1],
    ['a ring', torusMesh(0.38, 0.12, 36, 18), 1.08],
    ['a chair', generatedChair(3000), 1.08],
    ['a chair turned any way', tilted(generatedChair(3000)), 1.08],
    ['a table with thin legs', generatedTable(3000), 1.14],
  ] as const) {
    it(`of ${name} hold the solid and little else, and are convex and small`, () => {
      const hulls = decompose(mesh);
      expect(hulls.length).toBeLessThanOrEqual(16);
      expect(pieceVolume(hulls)).toBeLessThan(share * meshVolume(mesh));
      expect(farthestOutside(mesh, hulls)).toBeLessThan(0.01);
      for (const hull of hulls) {
        expect(hull.positions.length / 3).toBeLessThanOrEqual(MAX_HULL_VERTICES);
        const again = convexHull(hull.positions);
        expect(again ? meshVolume(again) : 0).toBeCloseTo(meshVolume(hull), 5);
      }
    });
  }

  it('leave the hollow of a cup free, for a ball nearly as wide to lie in', () => {
    for (const hull of decompose(CUP)) {
      const bvh = createMeshBvh(hull);
      expect(bvh.contains([0, 0, 0])).toBe(false);
      expect(bvh.closestPoint([0, 0, 0])?.distance).toBeGreaterThan(0.3);
    }
  });

  it('are no more than asked for, and the same each time', () => {
    expect(decompose(CUP, { maxPieces: 4 }).length).toBeLessThanOrEqual(4);
    expect(decompose(CUP, { maxPieces: 1 }).length).toBe(1);
    expect(decompose(CUP, { maxPieces: 6 })).toEqual(decompose(CUP, { maxPieces: 6 }));
  });

  it('are fewer where more empty space is allowed', () => {
    const [coarse, fine] = [0.2, 0.01].map((maxConcavity) => decompose(CUP, { maxConcavity }));
    expect(coarse.length).toBeLessThan(fine.length);
    expect(pieceVolume(coarse)).toBeGreaterThan(pieceVolume(fine));
  });

  for (let seed = 0; seed < 6; seed++) {
    it(`hold whatever they are made of: boxes and balls at random, seed ${seed}`, () => {
      const random = createRandom(seed);
      const parts = Array.from({ length: 2 + random.integer(4) }, () => {
        const size = (): number => random.range(0.03, 0.25);
        const turn = quat.normalize([random.normal(), random.normal(), random.normal(), random.normal()]);
        const mesh = random.next() < 0.5 ? boxMesh(size(), size(), size()) : sphereMesh(size(), 8);
        return move(mesh, [random.range(-0.4, 0.4), random.range(-0.4, 0.4), random.range(-0.4, 0.4)], turn);
      });
      const mesh = join(...parts);
      const hulls = decompose(mesh);
      // The balls have more vertices than hulls may.
      expect(farthestOutside(mesh, hulls)).toBeLessThan(0.02);
      expect(hulls.every((hull) => hull.positions.every(Number.isFinite) && meshVolume(hull) > 0)).toBe(true);
      expect(pieceVolume(hulls)).toBeGreaterThan(0.95 * meshVolume(mesh));
      expect(pieceVolume(hulls)).toBeLessThan(1.1 * meshVolume(mesh));
    });
  }

  it('do not reach beyond the mesh', () => {
    const { min, max } = meshBounds(TABLE);
    for (const collider of fitColliders(TABLE).colliders) {
      if (collider.kind !== 'hull') throw new Error('not a hull');
      const bounds = meshBounds(collider);
      for (let k = 0; k < 3; k++) {
        expect(bounds.min[k]).toBeGreaterThan(min[k] - 1e-5);
        expect(bounds.max[k]).toBeLessThan(max[k] + 1e-5);
      }
    }
  });
});
