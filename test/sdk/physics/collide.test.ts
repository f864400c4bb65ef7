import { describe, expect, it } from 'vitest';
import { convexHull, createRandom, quat, vec3, type Quat, type Random, type Vec3 } from '@scenemaker/sdk/geometry';
import { createConvex, signedDistance, type Convex, type Separation } from '@scenemaker/sdk/physics';
import type { Collider } from '@scenemaker/sdk/scene';
import Module from 'manifold-3d';

const box = (x: number, y: number, z: number): Collider => ({
  kind: 'box',
  center: [0, 0, 0],
  rotation: quat.IDENTITY,
  halfExtents: [x, y, z],
});
const ball = (radius: number): Collider => ({ kind: 'sphere', center: [0, 0, 0], radius });
const upright = (kind: 'capsule' | 'cylinder', radius: number, halfHeight: number): Collider => ({
  kind,
  center: [0, 0, 0],
  rotation: quat.IDENTITY,
  radius,
  halfHeight,
});

const place = (collider: Collider, offset: Vec3, rotation: Quat = quat.IDENTITY): { shape: Convex; offset: Vec3 } => ({
  shape: createConvex(collider, rotation, 1),
  offset,
});

const between = (a: Collider, at: Vec3, b: Collider, rotation?: Quat): Separation =>
  signedDistance(place(a, at, rotation), place(b, [0, 0, 0]));

const randomTurn = (random: Random): Quat =>
  quat.normalize([random.normal(), random.normal(), random.normal(), random.normal()]);

describe('the distance between convex bodies', () => {
  const cases: [string, Separation, number][] = [
    ['boxes apart', between(box(1, 1, 1), [3, 0.2, 0], box(1, 1, 1)), 1],
    ['boxes apart across a corner', between(box(1, 1, 1), [3, 3, 3], box(1, 1, 1)), Math.sqrt(3)],
    ['boxes that touch', between(box(1, 1, 1), [2, 0.3, 0.1], box(1, 1, 1)), 0],
    ['boxes overlapping', between(box(1, 1, 1), [1.7, 0.2, 0.1], box(1, 1, 1)), -0.3],
    ['a small box inside a large one', between(box(0.1, 0.1, 0.1), [0.5, 0, 0], box(1, 1, 1)), -0.6],
    ['two boxes in one place', between(box(1, 2, 3), [0, 0, 0], box(1, 2, 3)), -2],
    ['balls apart', between(ball(1), [0, 3, 0], ball(0.5)), 1.5],
    ['balls overlapping', between(ball(1), [0, 1.2, 0], ball(0.5)), -0.3],
    ['balls in one place', between(ball(1), [0, 0, 0], ball(0.5)), -1.5],
    ['a ball deep in a box', between(ball(0.2), [0, 0.7, 0], box(1, 1, 1)), -0.5],
    ['a capsule on a box', between(upright('capsule', 0.2, 0.5), [0, 1.69, 0], box(1, 1, 1)), -0.01],
    ['a cylinder on a box', between(upright('cylinder', 0.3, 0.5), [0.2, 1.49, 0], box(1, 1, 1)), -0.01],
    [
      'cylinders side by side',
      between(upright('cylinder', 0.3, 0.5), [0.6, 0, 0.8], upright('cylinder', 0.5, 0.5)),
      0.2,
    ],
    [
      'cylinders overlapping sideways',
      between(upright('cylinder', 0.3, 5), [0.42, 0, 0.56], upright('cylinder', 0.5, 5)),
      -0.1,
    ],
    [
      'a box standing on its edge over another',
      between(box(1, 1, 1), [0, 1 + Math.SQRT2 - 0.05, 0], box(3, 1, 3), quat.fromAxisAngle([0, 0, 1], Math.PI / 4)),
      -0.05,
    ],
  ];
  for (const [name, found, expected] of cases) {
    it(`is ${expected.toFixed(2)} for ${name}`, () => {
      expect(found.distance).toBeCloseTo(expected, 4);
      expect(vec3.length(found.normal)).toBeCloseTo(1, 6);
    });
  }

  for (let seed = 0; seed < 40; seed++) {
    it(`parts what it says overlaps, by no more than needed: seed ${seed}`, () => {
      const random = createRandom(seed);
      const [turnA, turnB] = [randomTurn(random), randomTurn(random)];
      const a = box(random.range(0.1, 1), random.range(0.1, 1), random.range(0.1, 1));
      const b = box(random.range(0.1, 1), random.range(0.1, 1), random.range(0.1, 1));
      const at: Vec3 = [random.range(-0.6, 0.6), random.range(-0.6, 0.6), random.range(-0.6, 0.6)];
      const found = signedDistance(place(a, at, turnA), place(b, [0, 0, 0], turnB));
      const away = (way: number): number =>
        signedDistance(place(a, vec3.addScaled(at, found.normal, way), turnA), place(b, [0, 0, 0], turnB)).distance;
      // Shifted along the normal the distance grows as fast as the shift: to 0, and to a gap beyond.
      expect(away(-found.distance)).toBeCloseTo(0, 4);
      expect(away(-found.distance + 0.01)).toBeCloseTo(0.01, 4);
      // No direction parts them with a shorter way.
      for (let i = 0; i < 20; i++) {
        const other = vec3.normalize([random.normal(), random.normal(), random.normal()]);
        const shorter = Math.max(0, -found.distance - 1e-3);
        const there = signedDistance(place(a, vec3.addScaled(at, other, shorter), turnA), place(b, [0, 0, 0], turnB));
        expect(there.distance).toBeLessThan(found.distance >= 0 ? Infinity : 1e-6);
      }
    });
  }

  it('agrees with manifold-3d on whether and how far apart random hulls are', async () => {
    const wasm = await Module();
    wasm.setup();
    const { Manifold } = wasm;
    const random = createRandom(11);
    let apart = 0;
    let overlapping = 0;
    for (let round = 0; round < 60; round++) {
      const points = (shift: number): Float32Array =>
        Float32Array.from({ length: 60 }, (_, i) => random.normal() * 0.3 + (i % 3 === 0 ? shift : 0));
      const clouds = [points(0), points(random.range(0, 2.5))];
      const hulls = clouds.map((cloud) => convexHull(cloud));
      const [a, b] = hulls.map((hull): Collider => ({
        kind: 'hull',
        ...(hull ?? { positions: new Float32Array(), indices: new Uint32Array() }),
      }));
      const found = between(a, [0, 0, 0], b);
      const [p, q] = clouds.map((cloud) =>
        Manifold.hull(
          Array.from({ length: 20 }, (_, i): [number, number, number] => [
            cloud[3 * i],
            cloud[3 * i + 1],
            cloud[3 * i + 2],
          ]),
        ),
      );
      if (found.distance > 0) {
        apart++;
        expect(p.minGap(q, 10)).toBeCloseTo(found.distance, 3);
      } else {
        overlapping++;
        expect(p.intersect(q).volume()).toBeGreaterThan(0);
        // Shifted apart as it says, nothing is left of the overlap.
        const [x, y, z] = vec3.scale(found.normal, -found.distance + 1e-4);
        expect(p.translate([x, y, z]).intersect(q).volume()).toBeLessThan(1e-7);
      }
    }
    expect(apart).toBeGreaterThan(10);
    expect(overlapping).toBeGreaterThan(10);
  });
});
