import { describe, expect, it, vi } from 'vitest';
import { SceneMakerError } from '@scenemaker/sdk';
import {
  boxMesh,
  capsuleMesh,
  convexHull,
  createMeshBvh,
  createRandom,
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
  type ConvexHull,
  type Mesh,
} from '@scenemaker/sdk/geometry';
import {
  colliderVolume,
  decompose,
  fitColliders,
  guessMaterial,
  MATERIALS,
  MAX_HULL_VERTICES,
  physicalProperties,
} from '@scenemaker/sdk/physics';
import type { Collider } from '@scenemaker/sdk/scene';
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

const colliderSize = (collider: Collider): number =>
  collider.kind === 'hull' ? meshVolume(collider) : colliderVolume(collider);

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
});

describe('broken meshes', () => {
  it('that face inward are turned', () => {
    const { mass, note } = fitColliders(flipMesh(TABLE));
    expect(mass.volume).toBeCloseTo(meshVolume(TABLE), 6);
    expect(note).toContain('inward');
  });

  it('with parts that face inward have them turned, but not their cavities', () => {
    const mixed = join(boxMesh(0.1, 0.1, 0.1), move(flipMesh(boxMesh(0.1, 0.1, 0.1)), [0.5, 0, 0]));
    expect(fitColliders(mixed).mass.volume).toBeCloseTo(0.016, 6);
    const hollow = join(boxMesh(0.5, 0.5, 0.5), flipMesh(boxMesh(0.4, 0.4, 0.4)));
    const { mass, note } = fitColliders(hollow);
    expect(mass.volume).toBeCloseTo(1 - 0.512, 5);
    expect(note).toBe('');
  });

  it('with holes have them filled, and keep their thin walls', () => {
    const rise = Array.from({ length: 11 }, (_, i) => -0.5 + 0.1 * i);
    const mug = latheMesh([[0, -0.5], ...rise.map((y): [number, number] => [0.4, y]), ...rise.slice(1).toReversed().map((y): [number, number] => [0.36, y]), [0, -0.4]]); // prettier-ignore
    const holed = { ...mug, indices: mug.indices.filter((_, i) => Math.floor(i / 3) % 40 !== 7) };
    const { colliders, mass, note } = fitColliders(holed);
    expect(note).toContain('holes were filled');
    expect(mass.volume / meshVolume(mug)).toBeCloseTo(1, 1);
    expect(colliders.length).toBeGreaterThan(4);
  });

  it('that are sheets become thin bodies', () => {
    const bowl = latheMesh([[0, -0.4], [0.3, -0.3], [0.5, 0.1]], 32); // prettier-ignore
    const { colliders, mass, note } = fitColliders(bowl);
    expect(note).toContain('open');
    expect(colliders.length).toBeGreaterThan(4);
    expect(mass.volume).toBeLessThan(0.1);
  });

  it('with vertices that are not finite, or indices of none, lose those triangles', () => {
    const fine = sphereMesh(0.5);
    const broken = { positions: fine.positions.slice(), indices: fine.indices.slice() };
    broken.positions[300] = NaN;
    broken.positions[700] = Infinity;
    broken.indices[9] = 4_000_000_000;
    const { colliders, mass, note } = fitColliders(broken);
    expect(note).toContain('not finite');
    expect(colliders[0].kind).toBe('sphere');
    expect(mass.volume / meshVolume(fine)).toBeCloseTo(1, 1);
  });

  it('that pass through themselves count what they wind around', () => {
    // A tube around a figure of eight.
    const eight = torusMesh(0.3, 0.05, 64, 12);
    const positions = eight.positions.map((_, i, all) => {
      const angle = Math.atan2(all[3 * Math.floor(i / 3) + 2], all[3 * Math.floor(i / 3)]);
      return i % 3 === 2 ? all[i] * Math.cos(angle) * 1.5 : all[i];
    });
    const { colliders, mass } = fitColliders({ ...eight, positions });
    expect(mass.volume).toBeGreaterThan(0);
    expect(colliders.every((collider) => Number.isFinite(colliderSize(collider)))).toBe(true);
  });

  it('of two million triangles are thinned out', () => {
    const huge = torusMesh(0.35, 0.12, 2000, 500);
    expect(huge.indices.length / 3).toBe(2_000_000);
    const { colliders, mass, note } = fitColliders(huge);
    expect(note).toContain('2000000 triangles were thinned out');
    expect(mass.volume / meshVolume(huge)).toBeCloseTo(1, 1);
    expect(colliders.length).toBeGreaterThan(3);
  });

  for (const size of [1e-3, 100]) {
    it(`are no matter of size: ${size} m`, () => {
      const scaled = (mesh: Mesh): Mesh => ({ ...mesh, positions: mesh.positions.map((value) => value * size) });
      const [unit, sized] = [fitColliders(CUP), fitColliders(scaled(CUP))];
      expect(sized.mass.volume / unit.mass.volume / size ** 3).toBeCloseTo(1, 4);
      expect(Math.abs(sized.colliders.length - unit.colliders.length)).toBeLessThanOrEqual(2);
      expect(fitColliders(scaled(boxMesh(0.5, 0.3, 0.2))).colliders[0].kind).toBe('box');
    });
  }

  it('get a box where there is no solid at all', () => {
    for (const [mesh, reason] of [
      [{ positions: new Float32Array(), indices: new Uint32Array() }, 'empty'],
      [{ positions: new Float32Array(9), indices: Uint32Array.of(0, 1, 2) }, 'no volume'],
      [{ positions: new Float32Array(9).fill(NaN), indices: Uint32Array.of(0, 1, 2) }, 'empty'],
    ] as const) {
      const { colliders, mass, note } = fitColliders(mesh);
      expect(colliders[0].kind).toBe('box');
      expect(note).toContain(reason);
      expect(mass.volume).toBeGreaterThan(0);
    }
    const flat = fitColliders(boxMesh(0.5, 0, 0.5));
    expect(flat.note).toContain('next to nothing');
    expect(flat.mass.volume).toBeGreaterThan(0);
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
    for (const { sources, friction, restitution, densityKgPerM3, filled } of Object.values(MATERIALS)) {
      expect(Object.values(sources).every((source) => source.length > 0)).toBe(true);
      expect(densityKgPerM3 * filled).toBeGreaterThan(1);
      expect(friction > 0 && friction <= 1 && restitution >= 0 && restitution < 1).toBe(true);
    }
  });

  it('give way to what is known, value by value', () => {
    const { mass } = fitColliders(boxMesh(0.5, 0.3, 0.2));
    const dense = physicalProperties('mug', mass, 1, { densityKgPerM3: 1000, restitution: 0.7 });
    expect(dense).toMatchObject({
      material: { value: 'ceramic', source: 'material' },
      densityKgPerM3: { value: 1000, source: 'given' },
      massKg: { source: 'computed' },
      friction: { source: 'material' },
      restitution: { value: 0.7, source: 'given' },
    });
    expect(dense.massKg.value).toBeCloseTo(240, 3);
    const heavy = physicalProperties('mug', mass, 1, { massKg: 12, material: 'stone', friction: 0.9 });
    expect(heavy).toMatchObject({
      material: { value: 'stone', source: 'given' },
      massKg: { value: 12, source: 'given' },
      friction: { value: 0.9, source: 'given' },
    });
    expect(heavy.densityKgPerM3.source).toBe('computed');
    expect(heavy.densityKgPerM3.value).toBeCloseTo(12 / 0.24, 3);
  });

  it('bring masses beyond what engines solve to the nearest that they do', () => {
    const { mass } = fitColliders(boxMesh(0.5, 0.5, 0.5));
    const { massKg, densityKgPerM3 } = physicalProperties('crate', mass, 100);
    expect(massKg).toEqual({ value: 1e5, source: 'computed' });
    expect(densityKgPerM3.source).toBe('computed');
    expect(densityKgPerM3.value).toBeCloseTo(0.1, 6);
  });

  it('are refused out of range', () => {
    const { mass } = fitColliders(boxMesh(0.5, 0.5, 0.5));
    for (const overrides of [
      { massKg: -1 },
      { friction: NaN },
      { restitution: 2 },
      { densityKgPerM3: 0 },
      { material: 'bronze' },
    ])
      expect(() => physicalProperties('crate', mass, 1, overrides)).toThrow(SceneMakerError);
    expect(physicalProperties('bell', mass, 1, { material: 'bronze', densityKgPerM3: 8800 }).massKg.value).toBeCloseTo(
      8800,
      3,
    );
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
