import { vec3 } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import type { PipelineHooks, PipelinePreview } from '../../runtime-server/src/pipeline-types.js';
import { decodeMask, dilate, maskIou } from '../../runtime-server/src/stages/mask-ops.js';
import type { Segment, Stages } from '../../runtime-server/src/stages/stage.js';
import { box, knowing, mug, run, scene, size, stage } from '../support/knowing-stages.js';

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
          expect(begun).not.toContain('compose');
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
