import { boxMesh, type Mesh, type Pose, quat, type SceneDescription, vec3 } from '@scenemaker/sdk';
import { decode } from 'fast-png';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { assemblePipeline } from '../../runtime-server/src/pipeline.js';
import type { PipelineHooks, PipelinePreview, PipelineRequest } from '../../runtime-server/src/pipeline-types.js';
import type { Stages } from '../../runtime-server/src/stages/stage.js';
import { decodeMask, dilate, encodeMask, maskBox, maskIou } from '../../runtime-server/src/stages/mask-ops.js';
import type { Segment, Stage, StageName } from '../../runtime-server/src/stages/stage.js';
import { drawScene, standing, type SyntheticScene } from '../support/synthetic-scene.js';

const mug = { mesh: boxMesh(0.4, 0.5, 0.4), pose: standing(-0.3, -1.7, 0.5, 0.3, 0.2) };
const box = { mesh: boxMesh(0.5, 0.3, 0.2), pose: standing(0.3, -1.9, 0.3, 0.5, -0.4) };
const OPTIONS = { seed: 3, quality: 'standard', maxObjects: 16, textureSize: 0, maxTriangles: 5000 } as const;

const stage = <I, O>(name: StageName, run: (input: I) => O): Stage<I, O> => ({
  name,
  run: async (input, { onProgress }) => {
    onProgress?.(0.5);
    return run(input);
  },
  dispose: async () => {},
});

/** Stages that know the truth about a synthetic scene. */
function knowing(scene: SyntheticScene, truths: { mesh: Mesh; pose: Pose }[], change: Partial<Stages> = {}): Stages {
  const labels = ['mug', 'thing'];
  const segments: Segment[] = scene.masks.map((mask, i) => ({ mask, label: labels[i], score: 0.9 }));
  return {
    segment: stage('segment', ({ hints = [] }) =>
      hints.length === 0
        ? segments
        : hints.flatMap((hint, i) =>
            hint.mask ? [{ mask: hint.mask, label: hint.words ?? 'object', score: 1, hint: i }] : [],
          ),
    ),
    depth: stage('depth', () => ({ depth: scene.depth, intrinsics: scene.intrinsics, up: scene.up })),
    deocclude: stage('deocclude', ({ visible }) => {
      const found = maskBox(visible);
      if (found === undefined) throw new Error('empty mask');
      const side = Math.max(found.x1 - found.x0, found.y1 - found.y0) * 1.2;
      const window = { x: (found.x0 + found.x1 - side) / 2, y: (found.y0 + found.y1 - side) / 2, side };
      const object = { width: 32, height: 32, data: new Uint8Array(32 * 32 * 4).fill(255) };
      return { object, window, before: object, confidence: 1 };
    }),
    shape: stage('shape', ({ points }) => {
      const [x] = points;
      const { mesh, pose } = truths[x < 0 ? 0 : 1];
      return { mesh, score: 0.8, place: { ...pose, size: 2 * pose.size } };
    }),
    pose: stage('pose', ({ objects }) =>
      objects.map(({ mesh }) => ({
        pose: truths.find((truth) => truth.mesh === mesh)?.pose ?? truths[0].pose,
        score: 0.7,
      })),
    ),
    ...change,
  };
}

const size = 128;
const picture = await sharp({ create: { width: size, height: size, channels: 3, background: '#a08060' } })
  .png()
  .toBuffer();
const scene = drawScene([mug, box], { size });

async function run(
  stages: Stages,
  request: Partial<PipelineRequest> = {},
  hooks: PipelineHooks = {},
): Promise<SceneDescription> {
  return assemblePipeline(stages, 'fake@1.0.0').run({ picture, options: OPTIONS, ...request }, hooks);
}

describe('objects that go through a stage at once', () => {
  test('keep their order, and progress only grows, whichever is ready first', async () => {
    const stages = knowing(scene, [mug, box]);
    const begun: number[] = [];
    let release: () => void = () => {};
    const bothBegan = new Promise<void>((resolve) => (release = resolve));
    const together: Stages = {
      ...stages,
      deocclude: {
        ...stages.deocclude,
        batch: 2,
        async run(input, context) {
          const place = begun.push(begun.length);
          if (place === 2) release();
          // Would wait for ever if one came after the other; the first is ready last.
          await bothBegan;
          if (place === 1) await new Promise((resolve) => setTimeout(resolve, 20));
          return stages.deocclude.run(input, context);
        },
      },
    };
    const fractions: number[] = [];
    const made = await run(
      together,
      {},
      { onProgress: ({ stage, fraction }) => void (stage === 'deocclude' && fractions.push(fraction)) },
    );
    const alone = await run(stages);
    expect(made.objects).toEqual(alone.objects);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect([fractions[0], fractions.at(-1)]).toEqual([0, 1]);
  });
});

describe('textures', () => {
  const colors = (mesh: Mesh): Mesh => ({ ...mesh, colors: new Uint8Array((mesh.positions.length / 3) * 4).fill(90) });
  const options = { ...OPTIONS, textureSize: 256 } as const;

  test('show the picture where it shows the object, and are left out where none are asked for', async () => {
    const truths = [mug, box].map(({ mesh, pose }) => ({ mesh: colors(mesh), pose }));
    const made = await run(knowing(scene, truths), { options });
    for (const { mesh } of made.objects) {
      const { data } = decode(mesh.texture ?? new Uint8Array());
      const shown = Array.from({ length: data.length / 3 }, (_, i) => data.slice(3 * i, 3 * i + 3).join(' '));
      // The picture has one colour, the mesh another.
      expect(shown).toContain('160 128 96');
      expect(shown).toContain('90 90 90');
    }
    const plain = await run(knowing(scene, truths));
    for (const { mesh } of plain.objects) expect(mesh.texture ?? mesh.uvs).toBeUndefined();
  });

  test('that cannot be made are warned of, and the object is delivered', async () => {
    const warnings: string[] = [];
    const made = await run(
      knowing(scene, [mug, box]),
      { options },
      { onWarning: ({ message }) => warnings.push(message) },
    );
    expect(made.objects.map(({ mesh }) => mesh)).toEqual([mug.mesh, box.mesh]);
    expect(warnings).toEqual(['object-1', 'object-2'].map((id) => `${id} has no texture: its mesh has no colours`));
  });
});

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

describe('a run', () => {
  test('leaves out an object that fails, says why, and delivers the rest', async () => {
    const warnings: string[] = [];
    const delivered: string[] = [];
    const stages = knowing(scene, [mug, box], {
      shape: stage('shape', ({ points }) => {
        if (points[0] < 0) throw new RangeError('the generated field has nothing inside');
        return { mesh: box.mesh, score: 0.8, place: box.pose };
      }),
    });
    const made = await run(
      stages,
      {},
      { onWarning: ({ message }) => warnings.push(message), onObject: ({ id }) => delivered.push(id) },
    );
    expect(made.objects.map(({ id }) => id)).toEqual(['object-2']);
    expect(delivered).toEqual(['object-2']);
    expect(warnings).toEqual(['object-1 (mug) was left out: the generated field has nothing inside']);
  });

  test('leaves out an object without depth', async () => {
    const warnings: string[] = [];
    const depth = scene.depth.map((z, i) => (scene.masks[0].data[i] ? NaN : z));
    const stages = knowing(scene, [mug, box], { depth: stage('depth', () => ({ ...scene, depth })) });
    const made = await run(stages, {}, { onWarning: ({ message }) => warnings.push(message) });
    expect(made.objects.map(({ id }) => id)).toEqual(['object-2']);
    expect(warnings[0]).toMatch(/too few of its points have a depth/);
  });

  test('leaves out a pattern on the ground, but not where it is asked for', async () => {
    const { width, height } = scene;
    const data = Uint8Array.from({ length: width * height }, (_, i) => (Math.floor(i / width) > 0.85 * height ? 1 : 0));
    const pattern = { mask: { width, height, data }, label: 'stripe', score: 0.8 };
    const warnings: string[] = [];
    const hooks: PipelineHooks = { onWarning: ({ message }) => warnings.push(message) };
    const measured = { depth: { width, height, data: scene.depth }, intrinsics: scene.intrinsics };
    const made = await run(knowing(scene, [mug, box], { segment: stage('segment', () => [pattern]) }), measured, hooks);
    expect(made.objects).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/object-1 \(stripe\) was left out: it is as flat as a pattern/)]);
    const asked = stage('segment', () => [{ ...pattern, hint: 0 }]);
    const kept = await run(knowing(scene, [mug, box], { segment: asked }), {
      ...measured,
      objects: [{ words: 'stripe' }],
    });
    expect(kept.objects).toHaveLength(1);
  });

  test('has masks that end where measured depth does, and shows them again', async () => {
    const drawn = scene.masks.map((mask): Segment => ({ mask: dilate(mask, 3), label: 'thing', score: 0.9 }));
    const stages = knowing(scene, [mug, box], { segment: stage('segment', () => drawn) });
    const shown: PipelinePreview[] = [];
    const hooks: PipelineHooks = { onPreview: (preview) => void (preview.kind === 'segment' && shown.push(preview)) };
    const plain = await run(stages, {}, hooks);
    expect(plain.objects.map(({ mask }) => decodeMask(mask))).toEqual(drawn.map(({ mask }) => mask));
    expect(shown.splice(0)).toHaveLength(1);

    const depth = { width: size, height: size, data: scene.depth };
    const made = await run(stages, { depth, intrinsics: scene.intrinsics }, hooks);
    made.objects.forEach(({ mask }, i) => {
      expect(maskIou(drawn[i].mask, scene.masks[i])).toBeLessThan(0.8);
      expect(maskIou(decodeMask(mask), scene.masks[i])).toBeGreaterThan(0.93);
    });
    expect(shown).toHaveLength(2);
    expect(shown[1]).toMatchObject({ segments: made.objects.map(({ mask }) => ({ mask })) });
  });

  test('reports progress in the order of the stages, and previews of each', async () => {
    const stagesSeen: string[] = [];
    const previews: PipelinePreview[] = [];
    let last = { stage: '', fraction: 0 };
    await run(
      knowing(scene, [mug, box]),
      {},
      {
        onProgress: (progress) => {
          if (!stagesSeen.includes(progress.stage)) stagesSeen.push(progress.stage);
          expect(progress.fraction).toBeGreaterThanOrEqual(progress.stage === last.stage ? last.fraction : 0);
          expect(progress.fraction).toBeLessThanOrEqual(1);
          last = progress;
        },
        onPreview: (preview) => previews.push(preview),
      },
    );
    expect(stagesSeen).toEqual(['segment', 'depth', 'deocclude', 'shape', 'pose', 'compose']);
    const kinds = ['segment', 'depth', 'deocclude', 'deocclude', 'shape', 'shape'];
    expect(previews.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('shows each shape before its pose is known, about where and as large as the picture shows it', async () => {
    const begun: string[] = [];
    const shapes: Extract<PipelinePreview, { kind: 'shape' }>[] = [];
    const made = await run(
      knowing(scene, [mug, box]),
      {},
      {
        onProgress: (progress) => begun.push(progress.stage),
        onPreview: (preview) => {
          if (preview.kind !== 'shape') return;
          shapes.push(preview);
          expect(begun).not.toContain('pose');
        },
      },
    );
    expect(shapes.map(({ objectId, label }) => [objectId, label])).toEqual([['object-1', 'mug'], ['object-2', 'thing']]); // prettier-ignore
    for (const [i, { mesh, pose }] of shapes.entries()) {
      expect(mesh).toBe(made.objects[i].mesh);
      // The shape stage above says twice the size; the world is near to the scene's.
      expect(pose.size / made.objects[i].pose.size).toBeGreaterThan(1.5);
      expect(pose.size / made.objects[i].pose.size).toBeLessThan(3);
      expect(vec3.distance(pose.translation, made.objects[i].pose.translation)).toBeLessThan(0.1);
    }
  });

  test('refuses a depth map of another size', async () => {
    const depth = { width: 4, height: 4, data: new Float32Array(16).fill(1) };
    await expect(run(knowing(scene, [mug, box]), { depth })).rejects.toMatchObject({ code: 'depth-invalid' });
  });
});
