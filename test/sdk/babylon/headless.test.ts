import { expect, test } from 'vitest';
import { runHeadless } from '@scenemaker/sdk/babylon';
import { settleScene } from '@scenemaker/sdk/physics';
import { exampleScene } from '../../support/example-scene.js';

test('a settled scene holds still in Babylon, and an object put in the air falls', { timeout: 60_000 }, async () => {
  const settled = await settleScene(exampleScene());
  const still = await runHeadless(settled, 1);
  expect(still.bodies).toBe(4);
  for (const moved of still.movedMeters.values()) expect(moved).toBeLessThan(1e-3);

  const objects = settled.objects.map((object, index) =>
    index === 2 ? { ...object, pose: { ...object.pose, translation: [-0.2, 0.6, 0] as const } } : object,
  );
  const fallen = await runHeadless({ ...settled, objects }, 1);
  expect(fallen.movedMeters.get('object-3')).toBeGreaterThan(0.2);
});

test('a scene without colliders has no bodies', async () => {
  const scene = exampleScene();
  const objects = scene.objects.map((object) => ({ ...object, colliders: [] }));
  expect((await runHeadless({ ...scene, objects }, 0.1)).bodies).toBe(0);
});
