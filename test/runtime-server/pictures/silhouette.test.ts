import { expect, test } from 'vitest';
import type { Vec3 } from '@scenemaker/sdk';
import { rasterise } from '@scenemaker/sdk/render';
import { silhouetteIous } from '../../../runtime-server/src/pictures/index.js';
import { encodeMask } from '../../../runtime-server/src/stages/mask-ops.js';
import { exampleScene } from '../../support/example-scene.js';

test('silhouettes match masks drawn from the same scene, and less so when an object has moved', () => {
  const scene = exampleScene();
  const { ids, width, height } = rasterise(scene, scene.cameras[0]);
  const objects = scene.objects.map((object, index) => ({
    ...object,
    mask: encodeMask({ width, height, data: Uint8Array.from(ids, (id) => (id === index ? 1 : 0)) }),
  }));
  const still = silhouetteIous({ ...scene, objects });
  for (const iou of still) expect(iou).toBeGreaterThan(0.9);
  const [box, ball, ...others] = objects;
  const moved = { ...ball, pose: { ...ball.pose, translation: [0.3, 0.1, 0.1] as Vec3 } };
  const [boxIou, ballIou] = silhouetteIous({ ...scene, objects: [box, moved, ...others] });
  expect(boxIou).toBe(still[0]);
  expect(ballIou).toBeLessThan(0.7);
});
