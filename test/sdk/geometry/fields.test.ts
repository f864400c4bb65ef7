import { describe, expect, it } from 'vitest';
import {
  boxMesh,
  checkClosed,
  createRandom,
  fieldToMesh,
  flipMesh,
  meshToDistanceField,
  meshToField,
  meshVolume,
  sphereMesh,
  torusMesh,
  type Mesh,
} from '@scenemaker/sdk/geometry';

const RESOLUTION = 32;
const HALF_EXTENT = 0.55;
const CELL = (2 * HALF_EXTENT) / RESOLUTION;

const toField = (mesh: Mesh): Float32Array => meshToField(mesh, RESOLUTION, HALF_EXTENT, 0.1);

function join(...meshes: Mesh[]): Mesh {
  const positions = meshes.flatMap((mesh) => [...mesh.positions]);
  let start = 0;
  const indices = meshes.flatMap((mesh) => {
    const shifted = [...mesh.indices].map((i) => i + start);
    start += mesh.positions.length / 3;
    return shifted;
  });
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

describe('a mesh through a field and back', () => {
  const cases: [string, Mesh][] = [
    ['a box', boxMesh(0.5, 0.3, 0.2)],
    ['a sphere', sphereMesh(0.45)],
    ['a torus', torusMesh(0.35, 0.12)],
    ['a box whose triangles face inward', flipMesh(boxMesh(0.5, 0.3, 0.2))],
  ];
  for (const [name, mesh] of cases) {
    for (const maxTriangles of [Infinity, 800]) {
      it(`stays closed, oriented and as large: ${name}, at most ${maxTriangles} triangles`, () => {
        const back = fieldToMesh(toField(mesh), RESOLUTION, { halfExtent: HALF_EXTENT, maxTriangles });
        expect(checkClosed(back)).toEqual({ closed: true, manifold: true, openEdges: 0 });
        expect(back.indices.length / 3).toBeLessThanOrEqual(maxTriangles);
        const ratio = meshVolume(back) / Math.abs(meshVolume(mesh));
        expect(ratio).toBeGreaterThan(0.97);
        expect(ratio).toBeLessThan(1.01);
      });
    }
  }

  it('keeps the hole of a torus: Euler characteristic 0', () => {
    const { positions, indices } = fieldToMesh(toField(torusMesh(0.35, 0.12)), RESOLUTION, {
      halfExtent: HALF_EXTENT,
      maxTriangles: 600,
    });
    expect(positions.length / 3 - indices.length / 2 + indices.length / 3).toBe(0);
  });

  it('keeps colours where the surface is', () => {
    const mesh = boxMesh(0.4, 0.4, 0.4);
    mesh.colors = new Uint8Array(32);
    for (let v = 0; v < 8; v++)
      mesh.colors.set(mesh.positions[3 * v] > 0 ? [250, 20, 20, 255] : [20, 20, 250, 255], 4 * v);
    const field = toField(mesh);
    const back = fieldToMesh(field, RESOLUTION, { halfExtent: HALF_EXTENT, colors: field.subarray(RESOLUTION ** 3) });
    let checked = 0;
    for (let v = 0; v < back.positions.length / 3; v++) {
      if (Math.abs(back.positions[3 * v]) < 0.38) continue;
      const red = back.positions[3 * v] > 0;
      expect(back.colors?.[4 * v]).toBeCloseTo(red ? 245 : 25, -1.2);
      expect(back.colors?.[4 * v + 2]).toBeCloseTo(red ? 25 : 245, -1.2);
      checked++;
    }
    expect(checked).toBeGreaterThan(100);
  });

  it('is the same from a distance field that reaches further by whole cells', () => {
    const mesh = boxMesh(0.4, 0.3, 0.5);
    mesh.colors = Uint8Array.from({ length: 32 }, (_, i) => (i * 37) % 256);
    const wide = RESOLUTION + 6;
    const distances = meshToDistanceField(mesh, { resolution: wide, halfExtent: (HALF_EXTENT * wide) / RESOLUTION });
    const field = toField(mesh);
    const cropped = meshToField(mesh, RESOLUTION, HALF_EXTENT, 0.1, distances);
    expect(field.reduce((most, value, i) => Math.max(most, Math.abs(value - cropped[i])), 0)).toBeLessThan(1e-4);
  });

  it('leaves grey, 0, where the mesh has no colours', () => {
    expect(
      toField(boxMesh(0.4, 0.4, 0.4))
        .subarray(RESOLUTION ** 3)
        .every((value) => value === 0),
    ).toBe(true);
  });
});

describe('meshing noise', () => {
  for (let seed = 0; seed < 12; seed++) {
    it(`is manifold in every ambiguous case, before and after simplifying: seed ${seed}`, () => {
      const random = createRandom(seed);
      const field = Float32Array.from({ length: 10 ** 3 }, () => random.next() - 0.5);
      const full = fieldToMesh(field, 10, { minPartShare: 0 });
      expect(full.indices.length / 3).toBeGreaterThan(2000);
      expect(checkClosed(full)).toEqual({ closed: true, manifold: true, openEdges: 0 });
      const less = fieldToMesh(field, 10, { minPartShare: 0, maxTriangles: 1200 });
      expect(less.indices.length).toBeLessThan(full.indices.length * 0.7);
      expect(checkClosed(less)).toEqual({ closed: true, manifold: true, openEdges: 0 });
    });
  }
});

describe('fieldToMesh', () => {
  it('closes a surface that runs out of the grid', () => {
    const mesh = fieldToMesh(new Float32Array(512).fill(-1), 8);
    expect(checkClosed(mesh).manifold).toBe(true);
    expect(meshVolume(mesh)).toBeGreaterThan(0.97);
    expect(meshVolume(mesh)).toBeLessThan(1);
  });

  it('gives no triangles where nothing is inside, and does not mind NaN', () => {
    expect(fieldToMesh(new Float32Array(512).fill(1), 8).indices.length).toBe(0);
    expect(fieldToMesh(new Float32Array(512).fill(NaN), 8).indices.length).toBe(0);
  });

  it('drops crumbs and fills cavities', () => {
    const values = new Float32Array(16 ** 3).fill(1);
    const set = (low: number, high: number, value: number): void => {
      for (let z = low; z < high; z++)
        for (let y = low; y < high; y++) for (let x = low; x < high; x++) values[(z * 16 + y) * 16 + x] = value;
    };
    set(1, 11, -1);
    set(4, 8, 1);
    set(14, 15, -1);
    const volume = meshVolume(fieldToMesh(values, 16, { halfExtent: 8 }));
    expect(volume).toBeGreaterThan(900);
    expect(volume).toBeLessThan(1000);
  });
});

describe('meshToDistanceField', () => {
  it('is the distance to a sphere: exact by the surface, a little too large far away', () => {
    const { values } = meshToDistanceField(sphereMesh(0.4, 64), { resolution: RESOLUTION, halfExtent: HALF_EXTENT });
    let near = 0;
    let far = 0;
    for (let z = 0, i = 0; z < RESOLUTION; z++) {
      for (let y = 0; y < RESOLUTION; y++) {
        for (let x = 0; x < RESOLUTION; x++, i++) {
          const radius = Math.hypot(...[x, y, z].map((k) => (k + 0.5) * CELL - HALF_EXTENT));
          const error = values[i] - (radius - 0.4);
          if (Math.abs(radius - 0.4) < 1.5 * CELL) near = Math.max(near, Math.abs(error));
          else far = Math.max(far, Math.abs(error));
        }
      }
    }
    expect(near).toBeLessThan(0.03 * CELL);
    expect(far).toBeLessThan(0.25 * CELL);
  });

  it('indexes x fastest', () => {
    const mesh = boxMesh(0.1, 0.1, 0.1);
    for (let v = 0; v < 8; v++) mesh.positions[3 * v] += 0.3;
    const { values } = meshToDistanceField(mesh, { resolution: 16, halfExtent: 0.5 });
    const at = (x: number, y: number, z: number): number => values[(z * 16 + y) * 16 + x];
    expect(at(12, 8, 8)).toBeLessThan(0);
    expect(at(8, 12, 8)).toBeGreaterThan(0);
    expect(at(8, 8, 12)).toBeGreaterThan(0);
  });

  it('sees one body where two meshes overlap', () => {
    const left = boxMesh(0.3, 0.2, 0.2);
    const right = boxMesh(0.3, 0.2, 0.2);
    for (let v = 0; v < 8; v++) {
      left.positions[3 * v] -= 0.15;
      right.positions[3 * v] += 0.15;
    }
    const back = fieldToMesh(toField(join(left, right)), RESOLUTION, { halfExtent: HALF_EXTENT });
    expect(meshVolume(back)).toBeCloseTo(0.9 * 0.4 * 0.4, 2);
  });

  it('closes a shell with small holes and fills it', () => {
    const mesh = sphereMesh(0.45);
    // One triangle in forty is gone.
    const indices = mesh.indices.filter((_, i) => Math.floor(i / 3) % 40 !== 7);
    const open = { positions: mesh.positions, indices };
    expect(checkClosed(open).closed).toBe(false);
    const back = fieldToMesh(toField(open), RESOLUTION, { halfExtent: HALF_EXTENT });
    expect(checkClosed(back).manifold).toBe(true);
    expect(meshVolume(back) / meshVolume(mesh)).toBeGreaterThan(0.93);
    expect(meshVolume(back) / meshVolume(mesh)).toBeLessThan(1.03);
  });

  it('gives an open bowl a wall', () => {
    const mesh = sphereMesh(0.45);
    const indices: number[] = [];
    for (let i = 0; i < mesh.indices.length; i += 3) {
      const corners = [...mesh.indices.subarray(i, i + 3)];
      if (corners.every((vertex) => mesh.positions[3 * vertex + 1] < 0.01)) indices.push(...corners);
    }
    const bowl = { positions: mesh.positions, indices: Uint32Array.from(indices) };
    const back = fieldToMesh(toField(bowl), RESOLUTION, { halfExtent: HALF_EXTENT });
    expect(checkClosed(back).manifold).toBe(true);
    const wall = meshVolume(back) / (2 * Math.PI * 0.45 ** 2);
    expect(wall).toBeGreaterThan(0.9 * CELL);
    expect(wall).toBeLessThan(1.5 * CELL);
  });

  it('is infinitely far from nothing', () => {
    const nothing = { positions: new Float32Array(), indices: new Uint32Array() };
    expect(
      meshToDistanceField(nothing, { resolution: 8, halfExtent: 1 }).values.every((value) => value === Infinity),
    ).toBe(true);
  });
});
