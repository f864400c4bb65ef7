import { describe, expect, it, vi } from 'vitest';
import { boxMesh, createRandom, cylinderMesh, latheMesh, quat, sphereMesh, vec3 } from '@scenemaker/sdk/geometry';
import { settleScene } from '@scenemaker/sdk/physics';
import { refereeScene } from '../../support/mujoco-referee.js';
import { sceneOf, thing, type Thing } from '../../support/settle-scenes.js';

// Simulations, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

const CENTIMETRE = 0.01;
const THREE_DEGREES = (3 * Math.PI) / 180;

const scenes: Record<string, Record<string, Thing>> = {
  'a mug on a saucer on a book on a table, and a ball': {
    table: { mesh: boxMesh(0.5, 0.2, 0.4), at: [0, 0.21, 0], label: 'table' },
    book: { mesh: boxMesh(0.1, 0.015, 0.14), at: [0.1, 0.43, 0], label: 'book' },
    saucer: { mesh: cylinderMesh(0.07, 0.006), at: [0.1, 0.445, 0.01], label: 'saucer' },
    mug: { mesh: cylinderMesh(0.04, 0.05), at: [0.1, 0.52, 0], label: 'mug' },
    ball: { mesh: sphereMesh(0.05), at: [0.8, 0.02, 0.1], label: 'ball' },
  },
  'a bowl on a crate': {
    bowl: { mesh: latheMesh([[0, 0], [0.06, 0], [0.15, 0.1], [0.14, 0.1], [0.055, 0.012], [0, 0.012]], 32), at: [0, 0.4, 0], label: 'bowl' }, // prettier-ignore
    crate: { mesh: boxMesh(0.3, 0.2, 0.25), at: [0.02, 0.17, 0], label: 'crate' },
  },
  'boxes thrown into one another': Object.fromEntries(
    Array.from({ length: 6 }, (_, i) => {
      const random = createRandom(100 + i);
      const mesh = boxMesh(random.range(0.04, 0.12), random.range(0.04, 0.12), random.range(0.04, 0.12));
      const rotation = quat.fromAxisAngle(
        vec3.normalize([random.range(-0.1, 0.1), 1, random.range(-0.1, 0.1)]),
        random.range(0, 3),
      );
      return [
        `box-${i}`,
        { mesh, at: [random.range(-0.2, 0.2), random.range(0, 0.25), random.range(-0.2, 0.2)], rotation },
      ];
    }),
  ),
};

describe('MuJoCo, which did not settle it, finds that nothing moves', () => {
  for (const [name, things] of Object.entries(scenes)) {
    it(`in ${name}`, async () => {
      const settled = await settleScene(sceneOf(things));
      expect(settled.physics?.verdict).toBe('stable');
      expect(settled.physics?.after.penetrationMeters).toBeLessThan(1e-3);
      for (const { movedMeters, turnedRadians } of await refereeScene(settled)) {
        expect(movedMeters).toBeLessThan(CENTIMETRE);
        expect(turnedRadians).toBeLessThan(THREE_DEGREES);
      }
    });
  }

  it('and would find it, if something did', async () => {
    const scene = await settleScene(sceneOf({ box: { mesh: boxMesh(0.1, 0.1, 0.1), at: [0, 0.1, 0] } }));
    const leaning = thing('box', {
      mesh: boxMesh(0.1, 0.1, 0.1),
      at: [0, 0.4, 0],
      rotation: quat.fromAxisAngle([0, 0, 1], 0.6),
    });
    scene.objects[0] = { ...scene.objects[0], pose: leaning.pose };
    const [result] = await refereeScene(scene);
    expect(result.movedMeters).toBeGreaterThan(0.2);
    expect(result.turnedRadians).toBeGreaterThan(0.3);
  });
});
