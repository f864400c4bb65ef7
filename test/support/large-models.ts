/** Small graphs with the signatures of large models (test/fixtures/large-models), as packs. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { loadPack, type ModelPack } from '../../runtime-server/src/models/index.js';
import type { Picture, ShapeInput } from '../../runtime-server/src/stages/stage.js';

const FOLDER = fileURLToPath(new URL('../fixtures/large-models', import.meta.url));

export const largeModel = (name: string): string => join(FOLDER, name);

interface StageOfPack {
  backend: string;
  /** Paths within the fixtures' folder, by role. */
  files?: Record<string, string>;
  settings?: Record<string, unknown>;
}

/** The segment stage on Grounding DINO with a model for masks. */
export function segmentBy(segmenter: 'sam' | 'sam2') {
  const files = {
    ...Object.fromEntries(
      ['config', 'preprocessor_config', 'tokenizer', 'tokenizer_config'].map((name) => [
        `detector-${name}`,
        `grounding-dino/${name}.json`,
      ]),
    ),
    detector: 'grounding-dino/onnx/model.onnx',
    'segmenter-config': `${segmenter}/config.json`,
    'segmenter-preprocessor': `${segmenter}/preprocessor_config.json`,
    'segmenter-encoder': `${segmenter}/onnx/vision_encoder.onnx`,
    'segmenter-decoder': `${segmenter}/onnx/prompt_encoder_mask_decoder.onnx`,
    ...(segmenter === 'sam2' && {
      'segmenter-encoder-data': 'sam2/onnx/vision_encoder.onnx_data',
      'segmenter-decoder-data': 'sam2/onnx/prompt_encoder_mask_decoder.onnx_data',
    }),
  };
  const vocabulary = ['blue box', 'lamp', 'mug', 'chair'];
  return { backend: 'transformers', files, settings: { detector: 'grounding-dino', segmenter, vocabulary } };
}

/** The depth stage on Depth Anything. */
export function depthByTransformers<Settings extends object>(settings: Settings) {
  const names = ['config.json', 'preprocessor_config.json', 'onnx/model.onnx'];
  const files = Object.fromEntries(names.map((name) => [name, `depth-anything/${name}`]));
  return { backend: 'transformers', files, settings: { model: 'depth-anything', ...settings } };
}

/** TripoSG with few steps and a coarse field. */
export const SHAPE_BY_TRIPOSG = {
  backend: 'triposg',
  files: {
    encoder: 'triposg-encoder.onnx',
    denoiser: 'triposg-denoiser.onnx',
    latents: 'triposg-latents.onnx',
    field: 'triposg-field.onnx',
  },
  settings: { steps: 3, resolution: 40, chunk: 7000 },
};

/** A pack in a folder of its own until the test ends, on top of the one that ships. */
export async function packOf(stages: Record<string, StageOfPack>): Promise<ModelPack> {
  const folder = await mkdtemp(join(tmpdir(), 'large-'));
  onTestFinished(async () => rm(folder, { recursive: true }));
  const described = await Promise.all(
    Object.entries(stages).map(async ([name, { files = {}, ...stage }]) => {
      const located = Object.entries(files).map(async ([role, path]) => [role, await place(path, folder)] as const);
      return [name, { ...stage, files: Object.fromEntries(await Promise.all(located)) }] as const;
    }),
  );
  const manifest = {
    format: 1,
    name: 'large',
    version: '1.0.0',
    license: 'MIT',
    base: 'embedded',
    stages: Object.fromEntries(described),
  };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return loadPack(folder);
}

async function place(path: string, folder: string): Promise<{ path: string; bytes: number; sha256: string }> {
  const bytes = await readFile(largeModel(path));
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await copyFile(largeModel(path), join(folder, path));
  return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Base64 of little-endian float32, as the golden files have it. */
export function floats(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}

/** The picture that `make_goldens.py` makes. */
export function stripes(width: number, height: number): Picture {
  return { width, height, data: Uint8Array.from({ length: 3 * width * height }, (_, i) => ((i * 7919) >> 4) & 255) };
}

/** What upstream makes of `objectPicture`: one in `every` values. */
export interface PreparedPicture {
  width: number;
  height: number;
  box: readonly [number, number, number, number];
  every: number;
  values: string;
}

/** The picture that `make_goldens.py` makes: stripes inside an ellipse with a soft edge. */
export function objectPicture({ width, height, box: [x0, y0, x1, y1] }: Omit<PreparedPicture, 'every' | 'values'>) {
  const rgb = stripes(width, height).data;
  const data = Uint8Array.from({ length: 4 * width * height }, (_, i) => {
    const pixel = i >> 2;
    if (i % 4 < 3) return rgb[3 * pixel + (i % 4)];
    const x = (2 * ((pixel % width) + 0.5) - x0 - x1) / (x1 - x0);
    const y = (2 * (Math.floor(pixel / width) + 0.5) - y0 - y1) / (y1 - y0);
    return Math.min(255, Math.max(0, Math.trunc((1.05 - Math.hypot(x, y)) * 2000)));
  });
  return { width, height, data };
}

/** A green ellipse, as wide and high as given in pixels of 48, straight ahead of a level camera. */
export function objectInput(width: number, height: number): ShapeInput {
  const box = [24 - width / 2, 24 - height / 2, 24 + width / 2, 24 + height / 2] as const;
  const object = objectPicture({ width: 48, height: 48, box });
  object.data = object.data.map((value, i) => (i % 4 === 3 ? value : [40, 160, 60][i % 4]));
  return {
    object,
    window: { x: 8, y: 8, side: 48 },
    intrinsics: { fx: 60, fy: 60, cx: 32, cy: 32 },
    up: [0, -1, 0],
    points: Float32Array.of(0, 0, 2, 0.1, 0, 2, 0, 0.1, 2),
    measured: true,
  };
}
