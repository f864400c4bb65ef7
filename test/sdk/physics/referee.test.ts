import { describe, expect, it, vi } from 'vitest';
import { boxMesh, createRandom, cylinderMesh, latheMesh, quat, sphereMesh, vec3 } from '@scenemaker/sdk/geometry';
import { refereeScene, settleScene } from '@scenemaker/sdk/physics';
import { REFEREE_NAMES, REFEREES } from '../../../runtime-server/src/check/engines.js';
import { sceneOf, thing, type Thing } from '../../support/settle-scenes.js';

// Simulations, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

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

for (const name of REFEREE_NAMES) {
  describe(`${name} as a referee`, () => {
    for (const [scene, things] of Object.entries(scenes)) {
      it(`finds that nothing moves in ${scene}`, async () => {
        const settled = await settleScene(sceneOf(things));
        expect(settled.physics?.verdict).toBe('stable');
        const { verdict, objects } = refereeScene(settled, await REFEREES[name]());
        expect(objects.filter(({ stable }) => !stable)).toEqual([]);
        expect(verdict).toBe('stable');
      });
    }

    it('finds what leans, floats and overlaps', async () => {
      const box = boxMesh(0.1, 0.1, 0.1);
      const scene = await settleScene(
        sceneOf({
          leaning: { mesh: box, at: [0, 0.1, 0] },
          floating: { mesh: box, at: [1, 0.1, 0] },
          inside: { mesh: box, at: [2, 0.1, 0] },
          other: { mesh: box, at: [3, 0.1, 0] },
        }),
      );
      const poses = [
        thing('a', { mesh: box, at: [0, 0.2, 0], rotation: quat.fromAxisAngle([0, 0, 1], 0.6) }).pose,
        thing('b', { mesh: box, at: [1, 0.3, 0] }).pose,
        thing('c', { mesh: box, at: [2.85, 0.1, 0] }).pose,
        scene.objects[3].pose,
      ];
      const spoilt = { ...scene, objects: scene.objects.map((object, i) => ({ ...object, pose: poses[i] })) };
      const { verdict, objects } = refereeScene(spoilt, await REFEREES[name](), { seconds: 2 });
      expect(verdict).toBe('unstable');
      expect(objects.map(({ stable }) => stable)).toEqual([false, false, false, false]);
      expect(objects[0].turnedDegrees).toBeGreaterThan(20);
      expect(objects[1].movedMeters).toBeCloseTo(0.2, 1);
      expect(objects[1].gapMeters).toBeCloseTo(0.2, 4);
      expect(objects[2].penetrationMeters).toBeCloseTo(0.05, 4);
      expect(objects[2].reason).toContain('overlaps by 50.0 mm');
      expect(objects[0].byOthers.phyRecon).toBe(false);
      expect(objects[1].byOthers.sceneSmith).toBe(true);
    });
  });
}

it('a scene that was never settled is refused', async () => {
  const scene = sceneOf({ box: { mesh: boxMesh(0.1, 0.1, 0.1), at: [0, 0.1, 0] } });
  expect(() => refereeScene(scene, { name: 'none', createWorld: () => expect.fail('no world is needed') })).toThrow(
    'box has no colliders',
  );
});
