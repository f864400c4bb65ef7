import { describe, expect, it, vi } from 'vitest';
import { boxMesh, flipMesh, latheMesh, meshVolume, sphereMesh, torusMesh, type Mesh } from '@scenemaker/sdk/geometry';
import { colliderVolume, fitColliders } from '@scenemaker/sdk/physics';
import type { Collider } from '@scenemaker/sdk/scene';
import { cupMesh, join, move, tableMesh } from '../../support/solids.js';

// The machine may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

const TABLE = tableMesh();
const CUP = cupMesh();

const colliderSize = (collider: Collider): number =>
  collider.kind === 'hull' ? meshVolume(collider) : colliderVolume(collider);

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

  it('that cross themselves count what they share once', () => {
    const bars = join(boxMesh(0.5, 0.1, 0.1), boxMesh(0.1, 0.1, 0.5));
    const { colliders, mass } = fitColliders(bars);
    expect(mass.volume / 0.072).toBeCloseTo(1, 1);
    expect(colliders.length).toBeGreaterThan(1);
    expect(colliders.reduce((sum, collider) => sum + colliderSize(collider), 0)).toBeLessThan(1.2 * 0.072);
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
});
