import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { openStage } from '../../../runtime-server/src/backends/index.js';
import { depthFromNearness } from '../../../runtime-server/src/backends/transformers/depth.js';
import { Detector, dropOverlapping } from '../../../runtime-server/src/backends/transformers/detector.js';
import { loadLibrary } from '../../../runtime-server/src/backends/transformers/library.js';
import {
  type Prompt,
  Segmenter,
  type Upscaler,
  upscaleStretched,
} from '../../../runtime-server/src/backends/transformers/segmenter.js';
import { maskArea, maskBox, maskIou } from '../../../runtime-server/src/stages/mask-ops.js';
import type { Mask } from '../../../runtime-server/src/stages/stage.js';
import { depthByTransformers, floats, largeModel, packOf, segmentBy, stripes } from '../../support/large-models.js';

interface Golden {
  width: number;
  height: number;
  detections: { text: string; scores: number[]; boxes: number[][]; labels: string[] }[];
  upscaled: { folder: 'sam' | 'sam2'; width: number; height: number; inner: [number, number]; second: string }[];
  masks: Record<
    'sam' | 'sam2',
    { box: [number, number, number, number] | null; points: [number, number][] | null; mask: string }[]
  >;
  nearness: { width: number; height: number; nearness: string }[];
}

const golden = JSON.parse(readFileSync(largeModel('transformers.golden.json'), 'utf8')) as Golden;
const { width, height } = golden;
const picture = stripes(width, height);
const context = { seed: 1 };

const SEGMENT = segmentBy('sam');
const DEPTH = depthByTransformers({ farRatio: 5 });

/** A mask of a golden file, a bit a pixel. */
function unpack(packed: string, width: number, height: number): Mask {
  const bytes = Buffer.from(packed, 'base64');
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height }, (_, i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1),
  };
}

test('Transformers.js runs on the ONNX Runtime that everything else here runs on', () => {
  const require = createRequire(import.meta.url);
  const theirs = createRequire(require.resolve('@huggingface/transformers')).resolve('onnxruntime-node');
  expect(theirs).toBe(require.resolve('onnxruntime-node'));
});

describe('as the upstream Python has it', () => {
  test.each(golden.detections)('Grounding DINO finds "$text"', async ({ text, scores, boxes, labels }) => {
    const pack = await packOf({ segment: SEGMENT });
    const detector = await Detector.open(
      await loadLibrary(),
      pack,
      { folder: 'grounding-dino', precision: 'fp32' },
      { threads: 1 },
    );
    const words = text.split('.').filter(Boolean);
    const found = await detector.find(picture, words, { box: 0.25, text: 0.25 });
    await detector.dispose();
    expect(found.map(({ label }) => label)).toEqual(labels);
    found.forEach(({ box, score }, i) => {
      expect(score).toBeCloseTo(scores[i], 4);
      // The picture is resized by another library, which the graph's boxes feel a little.
      box.forEach((value, k) => expect(Math.abs(value - boxes[i][k])).toBeLessThan(0.05));
    });
  });

  const prompts = (['sam', 'sam2'] as const).flatMap((folder) =>
    golden.masks[folder].map((one) => ({ folder, ...one })),
  );
  test.each(prompts)('$folder draws box $box, points $points', async ({ folder, box, points, mask: expected }) => {
    const pack = await packOf({ segment: segmentBy(folder) });
    const segmenter = await Segmenter.open(await loadLibrary(), pack, { folder, precision: 'fp32' }, {});
    const prompt: Prompt = { ...(box && { box }), ...(points && { points }) };
    const [{ mask, score }] = await segmenter.masks(picture, [prompt]);
    await segmenter.dispose();
    expect(score).toBeCloseTo(0.9, 5);
    const upstream = unpack(expected, width, height);
    expect(maskArea(upstream)).toBeGreaterThan(200);
    // The picture is resized by another library, which the graph's masks feel at their edges.
    expect(maskIou(mask, upstream)).toBeGreaterThan(0.975);
  });

  test.each(golden.upscaled)('masks of $folder are upscaled to $width x $height', async (expected) => {
    const pack = await packOf({ segment: segmentBy(expected.folder) });
    const library = await loadLibrary();
    library.env.localModelPath = pack.directory;
    const processor = (await library.AutoProcessor.from_pretrained(expected.folder)) as unknown as Upscaler;
    const waves = Float32Array.from({ length: 3 * 256 * 256 }, (_, i) => Math.sin(i * 0.01));
    const masks = new library.Tensor('float32', waves, [1, 1, 3, 256, 256]);
    const original: [number, number][] = [[expected.height, expected.width]];
    const [upscaled] =
      expected.folder === 'sam2'
        ? await upscaleStretched(processor, masks, original)
        : await processor.post_process_masks(masks, original, [expected.inner]);
    const upstream = unpack(expected.second, expected.width, expected.height);
    const size = upstream.data.length;
    const differing = upstream.data.filter((value, i) => Number(upscaled.data[size + i]) !== value).length;
    expect(differing).toBeLessThanOrEqual(1e-3 * size);
    expect(maskArea(upstream)).toBeGreaterThan(0.3 * size);
  });

  test.each(golden.nearness)('Depth Anything sees $width x $height', async (expected) => {
    const stage = await openStage('depth', await packOf({ depth: DEPTH }), { threads: 1 });
    const { depth } = await stage.run({ picture: stripes(expected.width, expected.height) }, context);
    await stage.dispose();
    const upstream = depthFromNearness(floats(expected.nearness), DEPTH.settings.farRatio);
    const worst = upstream.reduce((most, z, i) => Math.max(most, Math.abs(depth[i] / z - 1)), 0);
    // The picture and the answer are resized by another library; upstream's is bicubic.
    expect(worst).toBeLessThan(0.02);
  });
});

describe.each(['sam', 'sam2'] as const)('the segment stage on Grounding DINO and %s', (segmenter) => {
  test('without hints finds what the vocabulary names, each thing once', async () => {
    const stage = await openStage('segment', await packOf({ segment: segmentBy(segmenter) }), { threads: 1 });
    const segments = await stage.run({ picture }, context);
    expect(segments.map(({ label }) => label)).toEqual(expect.arrayContaining(['blue box', 'mug']));
    const total = segments.reduce((sum, { mask }) => sum + maskArea(mask), 0);
    const union = new Uint8Array(width * height);
    for (const { mask } of segments) mask.data.forEach((value, i) => (union[i] |= value));
    expect(union.reduce((sum, value) => sum + value, 0)).toBe(total);
    expect(await stage.run({ picture, maxObjects: 1 }, context)).toHaveLength(1);
    await stage.dispose();
  });

  test('with hints gives an answer to each that there is one for', async () => {
    const stage = await openStage('segment', await packOf({ segment: segmentBy(segmenter) }), { threads: 1 });
    const hints = [
      { words: 'lamp' },
      { box: [2, 2, 20, 16] as const, words: 'tin' },
      { points: [[10, 40] as const] },
      { words: 'unheard of' },
    ];
    const segments = await stage.run({ picture, hints }, context);
    await stage.dispose();
    expect(segments.map(({ hint, label }) => [hint, label])).toEqual([
      [0, 'lamp'],
      [1, 'tin'],
      [2, 'object'],
    ]);
    const box = maskBox(segments[1].mask);
    expect(
      [box?.x0, box?.y0, box?.x1, box?.y1].map((value, i) => Math.abs((value ?? NaN) - [2, 2, 20, 16][i]) <= 2),
    ).toEqual([true, true, true, true]);
    expect(segments[2].mask.data[40 * width + 10]).toBe(1);
  });
});

describe('the segment stage by Transformers.js', () => {
  test('of two boxes that are the same thing the surer one is kept', () => {
    const found = (x: number, score: number) => ({ box: [x, 0, x + 10, 10] as const, label: 'a', score });
    expect(dropOverlapping([found(0, 0.9), found(1, 0.8), found(6, 0.7)]).map(({ score }) => score)).toEqual([
      0.9, 0.7,
    ]);
  });

  test('a folder that the pack lacks is named, and nothing is fetched', async () => {
    const settings = { ...SEGMENT.settings, segmenter: 'facebook/sam-vit-base' };
    await expect(openStage('segment', await packOf({ segment: { ...SEGMENT, settings } }))).rejects.toMatchObject({
      code: 'pack-corrupt',
      message: expect.stringMatching(/facebook\/sam-vit-base cannot be loaded/),
    });
  });
});

describe('the depth stage on Depth Anything', () => {
  test('is nearer where the model says so, with a camera and an up of its own', async () => {
    const stage = await openStage('depth', await packOf({ depth: DEPTH }), { threads: 1 });
    const { depth, intrinsics, up } = await stage.run({ picture }, context);
    const known = { fx: 50, fy: 50, cx: 32, cy: 24 };
    expect((await stage.run({ picture, intrinsics: known }, context)).intrinsics).toEqual(known);
    await stage.dispose();
    const row = (y: number): number => depth[y * width + 32];
    expect(row(0)).toBeGreaterThan(4);
    expect(row(height - 1)).toBeLessThan(1.1);
    for (let y = 4; y < height; y += 4) expect(row(y)).toBeLessThan(row(y - 4));
    expect(intrinsics).toMatchObject({ fx: 0.9 * width, cx: width / 2, cy: height / 2 });
    expect(Math.hypot(...up)).toBeCloseTo(1, 5);
  });

  test('spans the depths from 1 to the ratio, and a flat map is flat', () => {
    const depth = depthFromNearness(Float32Array.of(0, 5, 10), 4);
    expect([...depth]).toEqual([4, expect.closeTo(1.6, 6), 1]);
    expect([...depthFromNearness(Float32Array.of(3, 3), 4)]).toEqual([1, 1]);
  });
});
