import { describe, expect, it } from 'vitest';
import {
  boxMesh,
  createMeshBvh,
  createRandom,
  fitPlane,
  quat,
  sampleSurface,
  sphereMesh,
  torusMesh,
  vec3,
  type Vec3,
} from '@scenemaker/sdk/geometry';

describe('closest points and rays', () => {
  it('agree with a torus', () => {
    const bvh = createMeshBvh(torusMesh(0.35, 0.12, 192, 96));
    const random = createRandom(3);
    for (let i = 0; i < 300; i++) {
      const p: Vec3 = [random.range(-0.6, 0.6), random.range(-0.3, 0.3), random.range(-0.6, 0.6)];
      const toTube = Math.hypot(Math.hypot(p[0], p[2]) - 0.35, p[1]) - 0.12;
      expect(bvh.closestPoint(p)?.distance).toBeCloseTo(Math.abs(toTube), 3);
      // So near the surface that facets decide, either answer is right.
      expect(bvh.contains(p) === toTube < 0 || Math.abs(toTube) < 1e-3).toBe(true);
    }
  });

  it('give the place that the weights say', () => {
    const mesh = sphereMesh(1);
    const hit = createMeshBvh(mesh).closestPoint([2, 1, 0.5]);
    if (!hit) throw new Error('nothing found');
    let place: Vec3 = vec3.ZERO;
    for (let k = 0; k < 3; k++) {
      place = vec3.addScaled(place, vec3.at(mesh.positions, mesh.indices[3 * hit.triangle + k]), hit.barycentric[k]);
    }
    expect(vec3.distance(place, hit.point)).toBeLessThan(1e-6);
    expect(vec3.distance(place, [2, 1, 0.5])).toBeCloseTo(hit.distance, 6);
  });

  it('meet a box where it is, from both sides', () => {
    const bvh = createMeshBvh(boxMesh(1, 1, 1));
    expect(bvh.raycast([-5, 0.1, 0.2], [1, 0, 0])).toMatchObject({ distance: 4, front: true });
    expect(bvh.raycast([0, 0.1, 0.2], [0, 2, 0])?.front).toBe(false);
    expect(bvh.raycast([0, 0.1, 0.2], [0, 2, 0])?.distance).toBeCloseTo(0.45);
    expect(bvh.raycast([-5, 3, 0], [1, 0, 0])).toBeNull();
    expect(bvh.raycast([-5, 0.1, 0.2], [1, 0, 0], 3.9)).toBeNull();
    expect(
      bvh
        .raycastAll([-5, 0.1, 0.2], [1, 0, 0])
        .map((hit) => hit.distance)
        .sort((a, b) => a - b),
    ).toEqual([4, 6]);
    expect(bvh.closestPoint([3, 0, 0], 1)).toBeNull();
  });

  it('find nothing in an empty mesh', () => {
    const bvh = createMeshBvh({ positions: new Float32Array(), indices: new Uint32Array() });
    expect(bvh.closestPoint([0, 0, 0])).toBeNull();
    expect(bvh.raycast([0, 0, 0], [0, 0, 1])).toBeNull();
    expect(bvh.contains([0, 0, 0])).toBe(false);
  });
});

describe('samples of a surface', () => {
  it('fall on each face by its area, and lie on it', () => {
    const { points, normals } = sampleSurface(boxMesh(0.5, 0.25, 0.1), 20_000, 5);
    let onTop = 0;
    for (let i = 0; i < 20_000; i++) {
      const [p, n] = [vec3.at(points, i), vec3.at(normals, i)];
      if (n[1] > 0.9) onTop++;
      expect(vec3.dot(n, p)).toBeCloseTo(Math.abs(n[0] * 0.5 + n[1] * 0.25 + n[2] * 0.1), 5);
    }
    const total = 2 * (1 * 0.5 + 1 * 0.2 + 0.5 * 0.2);
    expect(onTop / 20_000).toBeCloseTo(0.2 / total, 2);
  });

  it('repeat with the seed and differ without', () => {
    const mesh = sphereMesh(1);
    expect(sampleSurface(mesh, 50, 1)).toEqual(sampleSurface(mesh, 50, 1));
    expect(sampleSurface(mesh, 50, 1).points).not.toEqual(sampleSurface(mesh, 50, 2).points);
  });

  it('are none where there is no area', () => {
    expect(sampleSurface({ positions: new Float32Array(9), indices: Uint32Array.of(0, 1, 2) }, 10).points.length).toBe(
      0,
    );
  });
});

describe('fitting a plane', () => {
  for (let seed = 0; seed < 6; seed++) {
    it(`finds the plane of 40 % of the points, to two milliradians: seed ${seed}`, () => {
      const random = createRandom(seed);
      const normal = vec3.normalize([random.range(-0.3, 0.3), 1, random.range(-0.3, 0.3)]);
      const turn = quat.between([0, 1, 0], normal);
      const points: number[] = [];
      for (let i = 0; i < 2000; i++) {
        const onPlane = i % 5 < 2;
        const local: Vec3 = [
          random.range(-2, 2),
          onPlane ? 0.003 * random.normal() : random.range(-2, 2),
          random.range(-2, 2),
        ];
        points.push(...vec3.addScaled(quat.rotate(turn, local), normal, 0.7));
      }
      const fit = fitPlane(points, { tolerance: 0.01, towards: [0, 1, 0], maxTiltRadians: 0.6, seed });
      if (!fit) throw new Error('no plane');
      expect(Math.acos(Math.min(1, vec3.dot(fit.normal, normal)))).toBeLessThan(2e-3);
      expect(fit.offset).toBeCloseTo(0.7, 2);
      expect(fit.inlierShare).toBeGreaterThan(0.39);
      expect(fit.inlierShare).toBeLessThan(0.42);
    });
  }

  it('does not take a wall for a floor', () => {
    const random = createRandom(1);
    const wall = Array.from({ length: 600 }, (_, i) => (i % 3 === 0 ? 1 : random.range(-1, 1)));
    expect(fitPlane(wall, { tolerance: 0.01, towards: [0, 1, 0], maxTiltRadians: 0.3 })).toBeNull();
    expect(fitPlane(wall, { tolerance: 0.01 })?.inlierShare).toBe(1);
  });

  it('is null without three points that span one', () => {
    expect(fitPlane([0, 0, 0, 1, 1, 1], { tolerance: 1 })).toBeNull();
    expect(fitPlane([0, 0, 0, 1, 1, 1, 2, 2, 2], { tolerance: 1 })).toBeNull();
  });
});
