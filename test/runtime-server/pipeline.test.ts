import { quat, vec3 } from '@scenemaker/sdk';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeMask, encodeMask } from '../../runtime-server/src/stages/mask-ops.js';
import { box, knowing, mug, picture, run, scene, size, stage } from '../support/knowing-stages.js';
import { drawScene } from '../support/synthetic-scene.js';

describe('a scene', () => {
  test('stands on ground at height 0, with the origin under the objects and the camera looking along -z', async () => {
    const made = await run(knowing(scene, [mug, box]));
    expect(made.objects.map(({ id, label }) => [id, label])).toEqual([['object-1', 'mug'], ['object-2', 'thing']]); // prettier-ignore
    const [first, second] = made.objects.map(({ pose }) => pose);
    const factor = 0.11 / 0.3; // a mug is 11 cm high
    expect(first.size).toBeCloseTo(0.11, 6);
    expect(first.translation[1]).toBeCloseTo(first.size / 2, 3);
    expect(first.translation[0] + second.translation[0]).toBeCloseTo(0, 6);
    expect(vec3.distance(first.translation, second.translation)).toBeCloseTo(
      factor * vec3.distance(mug.pose.translation, box.pose.translation),
      4,
    );
    expect(made.ground).toMatchObject({ height: 0, color: [160, 128, 96] });
    expect(made.ground.confidence).toBeGreaterThan(0.9);
    const [camera] = made.cameras;
    expect(camera.cameraToWorld.translation[1]).toBeCloseTo(factor, 3);
    const axis = quat.rotate(camera.cameraToWorld.rotation, [0, 0, 1]);
    expect(axis[0]).toBeCloseTo(0, 3);
    expect(axis[2]).toBeLessThan(0);
    expect(made.scale).toEqual({ measured: false, source: 'estimated' });
    expect(Object.keys(made.provenance.seconds)).toEqual(['segment', 'depth', 'deocclude', 'shape', 'pose', 'compose']);
  });

  test('keeps metres and world of a given depth map, intrinsics and camera pose', async () => {
    const plain = await run(knowing(scene, [mug, box]));
    const turned = quat.multiply(quat.fromAxisAngle([0, 1, 0], 1), plain.cameras[0].cameraToWorld.rotation);
    const cameraToWorld = { rotation: turned, translation: [4, 1.25, -2] as const };
    const stages = knowing(scene, [mug, box], {
      depth: stage('depth', () => {
        throw new Error('the depth stage has nothing to do');
      }),
    });
    const depth = { width: size, height: size, data: scene.depth };
    const made = await run(stages, { depth, intrinsics: scene.intrinsics, cameraToWorld });
    expect(made.scale).toEqual({ measured: true, source: 'depth' });
    expect(made.cameras[0]).toMatchObject({ intrinsicsFrom: 'given', cameraToWorld });
    expect(made.ground.height).toBeCloseTo(0.25, 3);
    expect(made.objects[0].pose.size).toBe(mug.pose.size);
    expect(made.objects[0].pose.translation[1]).toBeCloseTo(0.25 + mug.pose.size / 2, 3);
  });

  test('takes its scale from the height of a given camera', async () => {
    const { cameras } = await run(knowing(scene, [mug, box]));
    const cameraToWorld = { ...cameras[0].cameraToWorld, translation: [0, 1.5, 0] as const };
    const made = await run(knowing(scene, [mug, box]), { cameraToWorld });
    expect(made.scale).toEqual({ measured: true, source: 'camera-height' });
    expect(made.objects[1].pose.size).toBeCloseTo(1.5 * box.pose.size, 4);
  });

  test('in which nothing is found has ground and no objects', async () => {
    const made = await run(knowing(drawScene([], { size }), []));
    expect(made.objects).toEqual([]);
    expect(made.ground.confidence).toBeGreaterThan(0.9);
    expect(made.ground.halfExtent).toBeGreaterThan(0);
  });

  test('has masks at the size of a large picture', async () => {
    const large = await sharp(picture).resize(1280, 1280).png().toBuffer();
    const working = drawScene([mug, box], { size: 1024 });
    const made = await run(knowing(working, [mug, box]), { picture: large });
    expect(made.cameras[0]).toMatchObject({ width: 1280, height: 1280 });
    expect(made.cameras[0].fx).toBeCloseTo(1280 * 1.2, 3);
    expect(decodeMask(made.objects[0].mask).data).toHaveLength(1280 * 1280);
  });
});

describe('hints', () => {
  test('by masks replace what would be found; an unanswered one is reported', async () => {
    const warnings: string[] = [];
    const objects = [{ mask: encodeMask(scene.masks[1]), words: 'box' }, { words: 'unicorn' }];
    const made = await run(
      knowing(scene, [mug, box]),
      { objects },
      { onWarning: ({ message }) => warnings.push(message) },
    );
    expect(made.objects.map(({ label }) => label)).toEqual(['box']);
    expect(warnings).toEqual(['nothing was found for hint 2, "unicorn"']);
  });

  test('of another size are refused', async () => {
    const mask = { width: 2, height: 2, runs: Uint32Array.of(4) };
    await expect(run(knowing(scene, [mug, box]), { objects: [{ mask }] })).rejects.toMatchObject({
      code: 'bad-request',
    });
  });
});
