import { describe, expect, it, vi } from 'vitest';
import {
  boxMesh,
  capsuleMesh,
  convexHull,
  createMeshBvh,
  cylinderMesh,
  flipMesh,
  latheMesh,
  meshBounds,
  meshVolume,
  quat,
  sampleSurface,
  sphereMesh,
  torusMesh,
  transformPositions,
  vec3,
  type Mesh,
} from '@scenemaker/sdk/geometry';
import {
  decompose,
  fitColliders,
  guessMaterial,
  MATERIALS,
  MAX_HULL_VERTICES,
  physicalProperties,
} from '@scenemaker/sdk/physics';

// Simulations, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

const CUP = latheMesh([[0, -0.5], [0.4, -0.5], [0.4, 0.5], [0.34, 0.5], [0.34, -0.42], [0, -0.42]], 32); // prettier-ignore

/** Boxes side by side as one mesh; they may touch. */
function boxes(...parts: [half: [number, number, number], at: [number, number, number]][]): Mesh {
  const positions: number[] = [];
  const indices: number[] = [];
  for (const [half, at] of parts) {
    const mesh = boxMesh(...half);
    const start = positions.length / 3;
    positions.push(...transformPositions(mesh.positions, quat.IDENTITY, at));
    indices.push(...[...mesh.indices].map((i) => i + start));
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

const TABLE = boxes(
  [[0.5, 0.03, 0.4], [0, 0.4, 0]],
  ...([[-1, -1], [-1, 1], [1, -1], [1, 1]] as const).map(([x, z]): [[number, number, number], [number, number, number]] => [[0.04, 0.37, 0.04], [0.44 * x, 0, 0.34 * z]]),
); // prettier-ignore

const pieceVolume = (hulls: readonly { positions: Float32Array; indices: Uint32Array }[]): number =>
  hulls.reduce((sum, hull) => sum + meshVolume(hull), 0);

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

  it('but not for a cup, a table or a ring', () => {
    for (const mesh of [CUP, TABLE, torusMesh(0.38, 0.12)]) {
      const { colliders } = fitColliders(mesh);
      expect(colliders.length).toBeGreaterThan(3);
      expect(colliders.every((collider) => collider.kind === 'hull')).toBe(true);
    }
  });
});

describe('convex pieces', () => {
  it('of two boxes in an L are two, exactly', () => {
    const hulls = decompose(boxes([[0.2, 0.05, 0.1], [0, 0, 0]], [[0.05, 0.2, 0.1], [-0.15, 0.25, 0]])); // prettier-ignore
    expect(hulls.length).toBe(2);
    expect(pieceVolume(hulls)).toBeCloseTo(0.4 * 0.1 * 0.2 + 0.1 * 0.4 * 0.2, 5);
  });

  for (const [name, mesh, share] of [
    ['a cup', CUP, 1.8],
    ['a ring', torusMesh(0.38, 0.12, 36, 18), 1.1],
  ] as const) {
    // prettier-ignore
    it(`of ${name} hold the solid, leave its hollow free, and are convex and small`, () => {
      const hulls = decompose(mesh);
      expect(hulls.length).toBeLessThanOrEqual(16);
      const whole = convexHull(mesh.positions);
      expect(pieceVolume(hulls)).toBeLessThan(share * meshVolume(mesh));
      expect(whole ? meshVolume(whole) : 0).toBeGreaterThan(1.5 * meshVolume(mesh));
      const inside = hulls.map((hull) => createMeshBvh(hull));
      const { points } = sampleSurface(mesh, 400, 1);
      for (let i = 0; i < 400; i++) {
        const point = vec3.at(points, i);
        const away = Math.min(...inside.map((bvh) => (bvh.contains(point) ? 0 : (bvh.closestPoint(point)?.distance ?? Infinity))));
        expect(away).toBeLessThan(0.02);
      }
      expect(inside.some((bvh) => bvh.contains([0, 0.01, 0]))).toBe(false);
      for (const hull of hulls) {
        expect(hull.positions.length / 3).toBeLessThanOrEqual(MAX_HULL_VERTICES);
        const again = convexHull(hull.positions);
        expect(again ? meshVolume(again) : 0).toBeCloseTo(meshVolume(hull), 5);
      }
    });
  }

  it('are no more than asked for, and the same each time', () => {
    expect(decompose(CUP, { maxPieces: 4 }).length).toBeLessThanOrEqual(4);
    expect(decompose(CUP, { maxPieces: 1 }).length).toBe(1);
    expect(decompose(CUP, { maxPieces: 6 })).toEqual(decompose(CUP, { maxPieces: 6 }));
  });
});

describe('broken meshes', () => {
  it('that face inward are turned', () => {
    const { mass, note } = fitColliders(flipMesh(TABLE));
    expect(mass.volume).toBeCloseTo(meshVolume(TABLE), 6);
    expect(note).toContain('inward');
  });

  it('that are open are closed', () => {
    const open = { ...sphereMesh(0.5) };
    open.indices = open.indices.filter((_, i) => Math.floor(i / 3) % 50 !== 3);
    const { mass, note } = fitColliders(open);
    expect(note).toContain('open');
    expect(mass.volume / meshVolume(sphereMesh(0.5))).toBeCloseTo(1, 1);
  });

  it('get a box where there is no solid at all', () => {
    const flat = fitColliders(boxMesh(0.5, 0, 0.5));
    expect(flat.note).not.toBe('');
    expect(flat.mass.volume).toBeGreaterThan(0);
    const nothing = fitColliders({ positions: new Float32Array(), indices: new Uint32Array() });
    expect(nothing.colliders[0].kind).toBe('box');
    expect(nothing.note).toContain('empty');
  });

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

describe('materials', () => {
  it('are guessed from words, and unknown ones have a value too', () => {
    expect(guessMaterial('coffee mug')).toBe('ceramic');
    expect(guessMaterial('Wooden chairs')).toBe('wood');
    expect(guessMaterial('glass table')).toBe('glass');
    expect(guessMaterial('object')).toBe('unknown');
    for (const material of Object.values(MATERIALS)) {
      expect(material.source).not.toBe('');
      expect(material.densityKgPerM3 * material.filled).toBeGreaterThan(1);
    }
  });

  it('give a mass that grows with the cube of size, and moments with its fifth power', () => {
    const { mass } = fitColliders(boxMesh(0.5, 0.3, 0.2));
    const [small, large] = [physicalProperties('crate', mass, 1), physicalProperties('crate', mass, 2)];
    expect(small.massKg.value).toBeCloseTo(0.24 * 650, 3);
    expect(large.massKg.value / small.massKg.value).toBeCloseTo(8, 6);
    expect(large.inertiaPrincipal.value[1] / small.inertiaPrincipal.value[1]).toBeCloseTo(32, 6);
    expect(small.inertiaPrincipal.value[0]).toBeCloseTo((0.24 * 650 * (0.6 ** 2 + 0.4 ** 2)) / 12, 3);
  });
});
