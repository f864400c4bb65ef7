/**
 * A closed, coloured mesh from the whole object's picture (paper, section 3.1, where Step1X-3D does this):
 * flow matching in the latent space of a field of distance and colour, on a cube that stands upright and
 * faces the viewer.
 */
import { createRandom } from '@scenemaker/sdk';
import * as v from 'valibot';
import { computeHere } from '../compute/tasks.js';
import { type ModelPack, type ModelSession, openSession, parseSettings, type SessionOptions } from '../models/index.js';
import { integrate, noise, stepsFor } from './flow.js';
import { LATENT_SIDE } from './shape-field.js';
import { atOnce, type ShapeInput, type ShapeOutput, type Stage, type StageContext } from './stage.js';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const settingsSchema = v.object({
  /** Voxels along a side of the field. */
  resolution: count,
  latentChannels: count,
  /** Side of the picture that the condition reads, pixels. */
  pictureSize: count,
  steps: v.optional(count, 8),
  /** The distance that is 1 in the field, in half sides of the cube. */
  truncation: v.optional(v.number(), 0.2),
  /** Of the starting noise; see `noise`. */
  temperature: v.optional(v.pipe(v.number(), v.minValue(0)), 1),
  /** How far a surface of estimated depth is known to the condition, where a measured one is 1. */
  estimatedTrust: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), 1),
  /** Where in the field the surface lies; above 0 makes up for parts that come out thin. */
  level: v.optional(v.number(), 0),
});

type Settings = v.InferOutput<typeof settingsSchema>;
type Condition = ModelSession<'picture' | 'lift' | 'observed', 'condition'>;
type Generator = ModelSession<'noisy' | 'condition' | 'time', 'velocity'>;
type Decoder = ModelSession<'latent', 'field'>;

export class ShapeStage implements Stage<ShapeInput, ShapeOutput> {
  readonly name = 'shape';
  readonly #condition: Condition;
  readonly #generator: Generator;
  readonly #decoder: Decoder;
  readonly #settings: Settings;

  private constructor(condition: Condition, generator: Generator, decoder: Decoder, settings: Settings) {
    this.#condition = condition;
    this.#generator = generator;
    this.#decoder = decoder;
    this.#settings = settings;
  }

  static async open(pack: ModelPack, options: SessionOptions = {}): Promise<ShapeStage> {
    return new ShapeStage(
      await openSession(pack.file('shape', 'condition'), ['picture', 'lift', 'observed'], ['condition'], options),
      await openSession(pack.file('shape', 'generator'), ['noisy', 'condition', 'time'], ['velocity'], options),
      await openSession(pack.file('shape', 'decoder'), ['latent'], ['field'], options),
      parseSettings(settingsSchema, 'shape', pack.stage('shape').settings),
    );
  }

  /** Throws a RangeError when there is no object: nothing in the picture, or nothing inside the field. */
  async run(
    input: ShapeInput,
    { seed, effort = 1, onProgress, compute = computeHere, inTurn = atOnce }: StageContext,
  ): Promise<ShapeOutput> {
    const { latentChannels, steps, temperature } = this.#settings;
    const observed = await compute.observeShape(input, this.#settings);
    const start = noise([1, latentChannels, LATENT_SIDE, LATENT_SIDE, LATENT_SIDE], createRandom(seed), temperature);
    const { field } = await inTurn(async () => {
      const { condition } = await this.#condition.run(observed.feeds);
      const latent = await integrate(
        start,
        stepsFor(steps, effort),
        async (noisy, time) => (await this.#generator.run({ noisy, condition, time })).velocity,
        onProgress,
      );
      return this.#decoder.run({ latent });
    });
    const shape = await compute.shapeFromField(field.data, observed, input, this.#settings);
    // While the models are at the next object.
    const geometry = compute.measureClosed(shape.mesh, this.#settings);
    geometry.catch(() => {}); // Thrown where it is waited for.
    return { ...shape, geometry };
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#condition.dispose(), this.#generator.dispose(), this.#decoder.dispose()]);
  }
}
