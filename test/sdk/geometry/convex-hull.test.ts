import { describe, expect, it } from 'vitest';
import {
  boxMesh,
  checkClosed,
  convexHull,
  createRandom,
  meshVolume,
  torusMesh,
  vec3,
  type ConvexHull,
} from '@scenemaker/sdk/geometry';

function hullOf(points: ArrayLike<number>, maxVertices?: number): ConvexHull {
  const hull = convexHull(points, maxVertices === undefined ? {} : { maxVertices });
  if (!hull) throw new Error('flat');
  return hull;
}

/** How far the highest point lies above any plane of the hull. */
function worstOutside(hull: ConvexHull, points: ArrayLike<number>): number {
  let worst = -Infinity;
  for (let i = 0; i < hull.indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => vec3.at(hull.positions, hull.indices[i + k]));
    const normal = vec3.normalize(vec3.cross(vec3.sub(b, a), vec3.sub(c, a)));
    for (let p = 0; p < points.length / 3; p++)
      worst = Math.max(worst, vec3.dot(normal, vec3.sub(vec3.at(points, p), a)));
  }
  return worst;
}

describe('the convex hull', () => {
  for (let seed = 0; seed < 8; seed++) {
    for (const flatness of [1, 1e-2, 1e-4]) {
      it(`holds every point, is closed and convex: seed ${seed}, flattened by ${flatness}`, () => {
        const random = createRandom(seed);
        const points = Float32Array.from({ length: 900 }, (_, i) => random.normal() * (i % 3 === 1 ? flatness : 1));
        const hull = hullOf(points);
        expect(checkClosed(hull)).toEqual({ closed: true, manifold: true, openEdges: 0 });
        expect(meshVolume(hull)).toBeGreaterThan(0);
        expect(worstOutside(hull, points)).toBeLessThan(2e-4);
      });
    }
  }

  it('of a grid of points is the box around it, though most points lie in its faces', () => {
    const points: number[] = [];
    for (let x = 0; x <= 6; x++) for (let y = 0; y <= 6; y++) for (let z = 0; z <= 6; z++) points.push(x, y, z);
    const hull = hullOf(points);
    expect(hull.positions.length / 3).toBe(8);
    expect(meshVolume(hull)).toBeCloseTo(216, 3);
  });

  it('of a torus fills its hole', () => {
    const hull = hullOf(torusMesh(0.35, 0.12).positions);
    expect(meshVolume(hull)).toBeGreaterThan(Math.PI * 0.35 ** 2 * 0.24 * 0.95);
    expect(checkClosed(hull).manifold).toBe(true);
  });

  it('cut to 64 vertices keeps 95 % of a ball of 3000 points', () => {
    const random = createRandom(1);
    const points: number[] = [];
    for (let i = 0; i < 3000; i++) points.push(...vec3.normalize([random.normal(), random.normal(), random.normal()]));
    const hull = hullOf(points, 64);
    expect(hull.positions.length / 3).toBe(64);
    expect(checkClosed(hull).manifold).toBe(true);
    const share = meshVolume(hull) / meshVolume(hullOf(points));
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(1);
  });

  it('is the same for the same points', () => {
    expect(hullOf(torusMesh(0.3, 0.1).positions, 64)).toEqual(hullOf(torusMesh(0.3, 0.1).positions, 64));
  });

  it('is null for points without volume', () => {
    expect(convexHull(boxMesh(1, 0, 1).positions)).toBeNull();
    expect(convexHull([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])).toBeNull();
    expect(convexHull([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])).toBeNull();
    expect(convexHull([0, 0, 0])).toBeNull();
  });
});
