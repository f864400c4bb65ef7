import { describe, expect, it, vi } from 'vitest';
import { boxMesh, cylinderMesh, latheMesh, quat, sphereMesh, type Vec3 } from '@scenemaker/sdk/geometry';
import { settleScene } from '@scenemaker/sdk/physics';
import type { ObjectReport, SceneDescription } from '@scenemaker/sdk/scene';
import { sceneOf, type Thing } from '../../support/settle-scenes.js';

// Simulations, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

const cube = (half: number, at: Vec3): Thing => ({ mesh: boxMesh(half, half, half), at });

function reportOf(scene: SceneDescription, id: string): ObjectReport {
  const report = scene.physics?.objects.find((entry) => entry.id === id);
  if (!report) throw new Error(`no report on ${id}`);
  return report;
}

function poseOf(scene: SceneDescription, id: string): Vec3 {
  const object = scene.objects.find((entry) => entry.id === id);
  if (!object) throw new Error(`no ${id}`);
  return object.pose.translation;
}

describe('settling a scene', () => {
  it('without objects says that it is empty', async () => {
    const settled = await settleScene(sceneOf({}));
    expect(settled.physics).toMatchObject({ verdict: 'empty', objects: [], after: { penetrationMeters: 0 } });
  });

  it('leaves the description that it was given alone', async () => {
    const scene = sceneOf({ box: cube(0.1, [0, 0.3, 0]) });
    const copy = structuredClone(scene);
    const settled = await settleScene(scene);
    expect(scene).toEqual(copy);
    expect(settled.objects[0].colliders.length).toBe(1);
    expect(settled.objects[0].pose.translation[1]).toBeCloseTo(0.1, 3);
  });

  it('is the same for the same scene', async () => {
    const scene = sceneOf({ box: cube(0.1, [0, 0.3, 0]), other: cube(0.1, [0.15, 0.1, 0.02]) });
    const [a, b] = [await settleScene(scene), await settleScene(scene)];
    expect(a.objects).toEqual(b.objects);
  });

  it('puts down what floats and lifts what has sunk', async () => {
    const settled = await settleScene(sceneOf({ high: cube(0.1, [0, 0.35, 0]), low: cube(0.1, [1, 0.02, 0]) }));
    expect(settled.physics?.verdict).toBe('stable');
    for (const id of ['high', 'low']) {
      expect(poseOf(settled, id)[1]).toBeCloseTo(0.1, 3);
      expect(reportOf(settled, id)).toMatchObject({ stable: true, restsOn: 'ground' });
    }
    expect(reportOf(settled, 'high').gapBeforeMeters).toBeCloseTo(0.25, 4);
    expect(reportOf(settled, 'low').penetrationBeforeMeters).toBeCloseTo(0.08, 4);
  });

  it('has ground under all that it moved, and no less than before', async () => {
    const scene = sceneOf({ near: cube(0.1, [0, 0.1, 0]), far: cube(0.1, [0.5, 0.1, -3]) });
    const small = await settleScene({ ...scene, ground: { ...scene.ground, halfExtent: 0.5 } });
    expect(small.ground.halfExtent).toBeGreaterThan(3.1);
    expect(small.ground.halfExtent).toBeLessThan(3.5);
    const large = await settleScene({ ...scene, ground: { ...scene.ground, halfExtent: 7 } });
    expect(large.ground).toEqual({ ...scene.ground, halfExtent: 7 });
  });

  it('keeps a stack of six standing', async () => {
    const things: Record<string, Thing> = {};
    for (let i = 0; i < 6; i++)
      things[`cube-${i}`] = cube(0.05, [0.004 * (i % 3), 0.05 + 0.1 * i + 0.01 * Math.sin(i), 0.003 * i]);
    const settled = await settleScene(sceneOf(things));
    expect(settled.physics?.verdict).toBe('stable');
    expect(poseOf(settled, 'cube-5')[1]).toBeCloseTo(0.55, 2);
    expect(settled.objects.map((object) => object.restsOn)).toEqual([
      'ground',
      'cube-0',
      'cube-1',
      'cube-2',
      'cube-3',
      'cube-4',
    ]);
    expect(settled.physics?.after.penetrationMeters).toBeLessThan(1e-3);
  });

  it('parts two boxes that overlap deeply, sideways', async () => {
    const settled = await settleScene(sceneOf({ a: cube(0.1, [0, 0.1, 0]), b: cube(0.1, [0.12, 0.1, 0.01]) }));
    expect(settled.physics?.before.penetrationMeters).toBeCloseTo(0.08, 3);
    expect(settled.physics?.after.penetrationMeters).toBeLessThan(1e-3);
    expect(settled.physics?.verdict).toBe('stable');
    expect(poseOf(settled, 'b')[0] - poseOf(settled, 'a')[0]).toBeCloseTo(0.2, 2);
  });

  it('gives two objects in the same place a place each', async () => {
    const settled = await settleScene(sceneOf({ a: cube(0.1, [0, 0.1, 0]), b: cube(0.1, [0, 0.1, 0]) }));
    expect(settled.physics?.before.penetrationMeters).toBeCloseTo(0.2, 3);
    expect(settled.physics?.after.penetrationMeters).toBeLessThan(1e-3);
    expect(settled.physics?.verdict).toBe('stable');
  });

  it('frees an object from inside another', async () => {
    const settled = await settleScene(sceneOf({ big: cube(0.2, [0, 0.2, 0]), small: cube(0.03, [0.05, 0.2, 0.02]) }));
    expect(settled.physics?.after.penetrationMeters).toBeLessThan(1e-3);
    expect(settled.physics?.verdict).toBe('stable');
  });

  it('lets a ball lie', async () => {
    const settled = await settleScene(sceneOf({ ball: { mesh: sphereMesh(0.1), at: [0, 0.13, 0], label: 'ball' } }));
    expect(settled.objects[0].colliders[0].kind).toBe('sphere');
    expect(reportOf(settled, 'ball').stable).toBe(true);
    expect(poseOf(settled, 'ball')[1]).toBeCloseTo(0.1, 2);
  });

  it('leaves an apple in its bowl', async () => {
    const bowl = latheMesh([[0, 0], [0.06, 0], [0.15, 0.1], [0.14, 0.1], [0.055, 0.012], [0, 0.012]], 48); // prettier-ignore
    const settled = await settleScene(
      sceneOf({
        bowl: { mesh: bowl, at: [0, 0, 0], label: 'bowl' },
        apple: { mesh: sphereMesh(0.035), at: [0, 0.06, 0], label: 'apple' },
      }),
    );
    expect(settled.objects[0].colliders.length).toBeGreaterThan(4);
    expect(reportOf(settled, 'apple')).toMatchObject({ stable: true, restsOn: 'bowl' });
    // Inside the bowl, not on its rim: the middle of the apple is below it.
    expect(poseOf(settled, 'apple')[1]).toBeLessThan(0.09);
    expect(settled.physics?.verdict).toBe('stable');
  });

  it('stands a leaning can upright and lays a mug on its saucer on its book on a table', async () => {
    const lean = quat.fromAxisAngle([0, 0, 1], 0.15);
    const settled = await settleScene(
      sceneOf({
        table: { mesh: boxMesh(0.5, 0.02, 0.4), at: [0, 0.03, 0], label: 'table' },
        book: { mesh: boxMesh(0.1, 0.015, 0.14), at: [0.1, 0.06, 0], label: 'book' },
        saucer: { mesh: cylinderMesh(0.07, 0.006), at: [0.1, 0.085, 0.01], label: 'saucer' },
        mug: { mesh: cylinderMesh(0.04, 0.05), at: [0.1, 0.15, 0], label: 'mug' },
        can: { mesh: cylinderMesh(0.035, 0.06), at: [-0.2, 0.12, 0.1], rotation: lean, label: 'can' },
      }),
    );
    expect(settled.physics?.verdict).toBe('stable');
    expect(settled.objects.map((object) => object.restsOn)).toEqual(['ground', 'table', 'book', 'saucer', 'table']);
    expect(reportOf(settled, 'can').turnedRadians).toBeCloseTo(0.15, 2);
    expect(reportOf(settled, 'can').reason).toContain('upright');
  });

  it('moves an object in that hangs over the edge of a table', async () => {
    const settled = await settleScene(
      sceneOf({
        table: { mesh: boxMesh(0.4, 0.2, 0.4), at: [0, 0.2, 0], label: 'table' },
        box: cube(0.05, [0.42, 0.45, 0]),
      }),
    );
    expect(reportOf(settled, 'box')).toMatchObject({ stable: true, restsOn: 'table' });
    expect(reportOf(settled, 'box').reason).toContain('edge');
    expect(poseOf(settled, 'box')[1]).toBeCloseTo(0.45, 2);
  });

  it('reports what falls over instead of pinning it', async () => {
    // A cone on its tip.
    const cone = latheMesh([[0, 0], [0.1, 0.25], [0, 0.25]]); // prettier-ignore
    const settled = await settleScene(
      sceneOf({ cone: { mesh: cone, at: [0, 0, 0], rotation: quat.fromAxisAngle([0, 0, 1], 0.02) } }),
    );
    expect(reportOf(settled, 'cone').reason).not.toBe('');
    expect(settled.physics?.after.penetrationMeters).toBeLessThan(1e-3);
  });

  it('gives every broken mesh a body and a reason', async () => {
    const open = boxMesh(0.1, 0.1, 0.1);
    open.indices = open.indices.slice(0, 33);
    const flat = boxMesh(0.1, 0, 0.1);
    const broken = boxMesh(0.1, 0.1, 0.1);
    broken.positions[4] = NaN;
    const scene = sceneOf({
      open: { mesh: open, at: [0, 0.1, 0] },
      flat: { mesh: flat, at: [1, 0.1, 0] },
      plain: cube(0.1, [-1, 0.1, 0]),
      empty: cube(0.1, [0, 0.1, 1]),
    });
    scene.objects[2] = {
      ...scene.objects[2],
      id: 'broken',
      mesh: { ...scene.objects[2].mesh, positions: broken.positions.map((v) => v * 5) },
    };
    scene.objects[3] = { ...scene.objects[3], mesh: { positions: new Float32Array(), indices: new Uint32Array() } };
    const settled = await settleScene(scene);
    for (const object of settled.objects) {
      expect(object.colliders.length).toBeGreaterThan(0);
      expect(object.pose.translation.every(Number.isFinite)).toBe(true);
      expect(object.properties.massKg.value).toBeGreaterThan(0);
      expect(reportOf(settled, object.id).reason).not.toBe('');
    }
  });

  for (const size of [0.001, 0.01, 1, 100]) {
    it(`holds at a size of ${size} m`, async () => {
      const settled = await settleScene(
        sceneOf({ a: cube(size / 2, [0, size * 0.52, 0]), b: cube(size / 4, [0, size * 1.27, 0]) }),
      );
      expect(settled.physics?.verdict).toBe('stable');
      expect(poseOf(settled, 'b')[1] / size).toBeCloseTo(1.25, 1);
    });
  }

  it('says where every value comes from and keeps what was given', async () => {
    const scene = sceneOf({ mug: { mesh: cylinderMesh(0.04, 0.05), at: [0, 0.05, 0], label: 'mug' } });
    const guessed = (await settleScene(scene)).objects[0].properties;
    expect(guessed).toMatchObject({
      material: { value: 'ceramic', source: 'material' },
      massKg: { source: 'computed' },
    });
    const told = (await settleScene(scene, { properties: { mug: { massKg: 0.3, friction: 0.9 } } })).objects[0]
      .properties;
    expect(told).toMatchObject({ massKg: { value: 0.3, source: 'given' }, friction: { value: 0.9, source: 'given' } });
  });
});
