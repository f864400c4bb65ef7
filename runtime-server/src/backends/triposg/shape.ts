/**
 * The shape stage on TripoSG.
 *
 *   image [1, 3, 224, 224] RGB 0 to 1 ─► image_embeds [1, 257, 1024]
 *   latents [2, T, C], timestep [2], image_embeds [2, 257, 1024] ─► velocity [2, T, C]        at each step
 *   latents [1, T, C] ─► kv_cache [1, T, 1024]                                                once
 *   kv_cache, points [1, P, 3] ─► sdf [1, P, 1], above 0 inside                               for every chunk of points
 */
import { createRandom } from '@scenemaker/sdk';
import * as v from 'valibot';
import {
  type ModelPack,
  type ModelSession,
  openSession,
  parseSettings,
  type SessionOptions,
} from '../../models/index.js';
import { noise, stepsFor } from '../../stages/flow.js';
import { finishForeignShape } from '../../stages/foreign-shape.js';
import type { ShapeInput, ShapeOutput, Stage, StageContext } from '../../stages/stage.js';
import { meshField } from '../field-query.js';
import { prepareObject } from './picture.js';
import { type Denoiser, denoise } from './sampler.js';

/** The cube that upstream looks for the surface in, half its side. */
const HALF_EXTENT = 1.005;
/** Shares of the time, roughly, for progress. */
const DENOISED = 0.8;

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const settingsSchema = v.object({
  /** T and C: latent vectors and their length. */
  tokens: v.optional(count, 2048),
  channels: v.optional(count, 64),
  steps: v.optional(count, 50),
  /** How far the velocity is taken beyond that without the picture. */
  guidance: v.optional(v.pipe(v.number(), v.minValue(1)), 7),
  /** Samples of the field along a side. */
  resolution: v.optional(v.pipe(count, v.minValue(16), v.maxValue(512)), 128),
  /** Points asked about at once; 262,144 need about 90 GB. */
  chunk: v.optional(count, 8192),
});

type Settings = v.InferOutput<typeof settingsSchema>;
type Encoder = ModelSession<'image', 'image_embeds'>;
type Latents = ModelSession<'latents', 'kv_cache'>;
type Field = ModelSession<'kv_cache' | 'points', 'sdf'>;

interface Graphs {
  encoder: Encoder;
  denoiser: Denoiser;
  latents: Latents;
  field: Field;
}

export class TripoSgShapeStage implements Stage<ShapeInput, ShapeOutput> {
  readonly name = 'shape';
  readonly #graphs: Graphs;
  readonly #settings: Settings;

  private constructor(graphs: Graphs, settings: Settings) {
    this.#graphs = graphs;
    this.#settings = settings;
  }

  static async open(pack: ModelPack, options: SessionOptions = {}): Promise<TripoSgShapeStage> {
    const settings = parseSettings(settingsSchema, 'shape', pack.stage('shape').settings);
    const inputs = ['latents', 'timestep', 'image_embeds'] as const;
    const graphs = {
      encoder: await openSession(pack.file('shape', 'encoder'), ['image'], ['image_embeds'], options),
      denoiser: await openSession(pack.file('shape', 'denoiser'), inputs, ['velocity'], options),
      latents: await openSession(pack.file('shape', 'latents'), ['latents'], ['kv_cache'], options),
      field: await openSession(pack.file('shape', 'field'), ['kv_cache', 'points'], ['sdf'], options),
    };
    return new TripoSgShapeStage(graphs, settings);
  }

  /** Throws a RangeError when there is no object: nothing in the picture, or nothing inside the field. */
  async run(input: ShapeInput, { seed, effort = 1, onProgress }: StageContext): Promise<ShapeOutput> {
    const { encoder, denoiser, latents, field } = this.#graphs;
    const { tokens, channels, steps, guidance, resolution, chunk } = this.#settings;
    const { image_embeds } = await encoder.run({ image: prepareObject(input.object) });
    const start = noise([1, tokens, channels], createRandom(seed));
    const denoised = await denoise(denoiser, start, image_embeds, {
      steps: stepsFor(steps, effort),
      guidance,
      onStep: (fraction) => onProgress?.(DENOISED * fraction),
    });
    const { kv_cache } = await latents.run({ latents: denoised });
    const mesh = await meshField(
      async (points) =>
        (await field.run({ kv_cache, points: { data: points, shape: [1, points.length / 3, 3] } })).sdf.data,
      {
        halfExtent: HALF_EXTENT,
        resolution,
        chunk,
        onProgress: (fraction) => onProgress?.(DENOISED + (1 - DENOISED) * fraction),
      },
    );
    if (mesh.indices.length === 0) throw new RangeError('the generated field has nothing inside');
    return finishForeignShape(mesh, input);
  }

  async dispose(): Promise<void> {
    await Promise.all(Object.values(this.#graphs).map((graph: Graphs[keyof Graphs]) => graph.dispose()));
  }
}
