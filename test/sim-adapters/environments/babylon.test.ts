import { NullEngine } from '@babylonjs/core/Engines/nullEngine.js';
import { Scene } from '@babylonjs/core/scene.js';
import { expect, test } from 'vitest';
import { buildScene } from '@scenemaker/sdk/babylon';
import { boxMesh } from '@scenemaker/sdk/geometry';
import { settleScene } from '@scenemaker/sdk/physics';
import { createEnvironment } from '@scenemaker/sim-adapters/environments';
import { sceneOf } from '../../support/settle-scenes.js';

test.each([true, false])('a Babylon scene shows an environment, right-handed: %s', async (rightHanded) => {
  const settled = await settleScene(sceneOf({ box: { mesh: boxMesh(0.1, 0.1, 0.1), at: [0, 0.1, 0.3] } }));
  const environment = await createEnvironment(settled);
  const engine = new NullEngine();
  const scene = new Scene(engine);
  scene.useRightHandedSystem = rightHanded;
  const built = await buildScene(settled, scene, { physics: false });
  environment.applyImpulse('box', [0, 2 * settled.objects[0].properties.massKg.value, 0], [0.05, 0.1, 0.3]);
  for (let i = 0; i < 10; i++) environment.step();
  const [{ id, translation, rotation }] = environment.state().bodies;
  built.place(id, { translation, rotation });
  const mesh = built.objects.get('box')?.mesh;
  const z = rightHanded ? 1 : -1;
  expect(mesh?.position.asArray()).toEqual([translation[0], translation[1], z * translation[2]]);
  expect(mesh?.rotationQuaternion?.asArray()).toEqual([z * rotation[0], z * rotation[1], rotation[2], rotation[3]]);
  expect(translation[1]).toBeGreaterThan(0.25);
  environment.dispose();
  scene.dispose();
  engine.dispose();
});
