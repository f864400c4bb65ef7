/**
 * The shape stage on TripoSR.
 *
 *   image [1, 3, 512, 512] RGB 0 to 1 ─► scene_codes [1, 3, 40, 64, 64]
 *   scene_codes, points [1, P, 3] ─► density [1, P, 1], color [1, P, 3] 0 to 1
 *
 *   TripoSR (tsr/utils.py: x back, y right, z up)     here
 *     z   x                                           y
 *     | /                                             |
 *     o-- y                                           o-- x
 *                                                    /
 *                                                   z towards the viewer
 */
import type { Mesh } from '@scenemaker/sdk';
import * as v from 'valibot';
import {
  type ModelPack,
  type ModelSession,
  openSession,
  parseSettings,
  type SessionOptions,
} from '../../models/index.js';
import { finishForeignShape } from '../../stages/foreign-shape.js';
import { toByte } from '../../stages/picture-ops.js';
import type { ShapeInput, ShapeOutput, Stage, StageContext } from '../../stages/stage.js';
import { type FieldQuery, meshField, queryInChunks } from '../field-query.js';
import { prepareObject } from './picture.js';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const settingsSchema = v.object({
  /** Density above which there is something. */
  threshold: v.optional(v.number(), 25),
  /** Half the side of the cube that the model fills. */
  radius: v.optional(v.pipe(v.number(), v.gtValue(0)), 0.87),
  /** Samples of the field along a side. */
  resolution: v.optional(v.pipe(count, v.minValue(16), v.maxValue(512)), 128),
  /** Points asked about at once. */
  chunk: v.optional(count, 8192),
});

type Settings = v.InferOutput<typeof settingsSchema>;
type Encoder = ModelSession<'image', 'scene_codes'>;
type Field = ModelSession<'scene_codes' | 'points', 'density' | 'color'>;

export class TripoSrShapeStage implements Stage<ShapeInput, ShapeOutput> {
  readonly name = 'shape';
  readonly #encoder: Encoder;
  readonly #field: Field;
  readonly #settings: Settings;

  private constructor(encoder: Encoder, field: Field, settings: Settings) {
    this.#encoder = encoder;
    this.#field = field;
    this.#settings = settings;
  }

  static async open(pack: ModelPack, options: SessionOptions = {}): Promise<TripoSrShapeStage> {
    const settings = parseSettings(settingsSchema, 'shape', pack.stage('shape').settings);
    const inputs = ['scene_codes', 'points'] as const;
    return new TripoSrShapeStage(
      await openSession(pack.file('shape', 'encoder'), ['image'], ['scene_codes'], options),
      await openSession(pack.file('shape', 'field'), inputs, ['density', 'color'], options),
      settings,
    );
  }

  /** Throws a RangeError when there is no object: nothing in the picture, or nothing inside the field. */
  async run(input: ShapeInput, { onProgress }: StageContext): Promise<ShapeOutput> {
    const { threshold, radius, resolution, chunk } = this.#settings;
    const { scene_codes } = await this.#encoder.run({ image: prepareObject(input.object) });
    const ask = async (points: Float32Array) =>
      this.#field.run({ scene_codes, points: { data: points, shape: [1, points.length / 3, 3] } });
    const inside: FieldQuery = async (points) => (await ask(points)).density.data.map((density) => density - threshold);
    const mesh = await meshField(inside, { halfExtent: radius, resolution, chunk, ...(onProgress && { onProgress }) });
    if (mesh.indices.length === 0) throw new RangeError('the generated field has nothing inside');
    const colors = await queryInChunks(async (points) => (await ask(points)).color.data, mesh.positions, 3, chunk);
    return finishForeignShape(facingViewer(mesh, colors), input);
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#encoder.dispose(), this.#field.dispose()]);
  }
}

/** In our axes; `colors` are 0 to 1, stride 3. */
function facingViewer({ positions, indices }: Mesh, colors: Float32Array): Mesh {
  const turned = positions.map((_, i) => positions[i - (i % 3) + ((i + 1) % 3)]);
  const bytes = Uint8Array.from({ length: (4 * colors.length) / 3 }, (_, i) =>
    i % 4 === 3 ? 255 : toByte(colors[3 * (i >> 2) + (i % 4)]),
  );
  return { positions: turned, indices, colors: bytes };
}
