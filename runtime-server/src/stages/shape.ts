/**
 * A closed, coloured mesh from the whole object's picture (paper, section 3.1, where Step1X-3D does this):
 * flow matching in the latent space of a field of distance and colour, on a cube that stands upright and
 * faces the viewer.
 */
import {
  connectParts,
  createRandom,
  fieldToMesh,
  GENERATE_OPTIONS_DEFAULTS,
  type Mesh,
  refineField,
  sampleColors,
} from '@scenemaker/sdk';
import * as v from 'valibot';
import {
  type ModelPack,
  type ModelSession,
  openSession,
  parseSettings,
  type SessionOptions,
  type Tensor,
  tensor,
  zeros,
} from '../models/index.js';
import { integrate, noise, stepsFor } from './flow.js';
import { fuseObserved } from './fuse-observed.js';
import { latentLift, observedField, splatPoints } from './observed-field.js';
import { premultipliedPlanes, resample, resampleMask, windowRect } from './picture-ops.js';
import { finishShape, rectIn, wholeObjectWindow } from './shape-finish.js';
import type { ShapeInput, ShapeOutput, Stage, StageContext, Window } from './stage.js';
import { type ObjectCube, objectCube } from './upright.js';

/** The latent has so many cells along each side. */
const LATENT_SIDE = 8;
/** Parts below this share of the largest part's volume are dropped. */
const SMALLEST_PART = 0.02;
/** The surface that was seen is finer than the generated field, so many times along a side. */
const DETAIL = 2;
/** Half the thickness of what joins parts, cells of the generated field. */
const NECK = 1.25;

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
  async run(input: ShapeInput, { seed, effort = 1, onProgress }: StageContext): Promise<ShapeOutput> {
    const { object, intrinsics, up, points } = input;
    const { latentChannels, steps, temperature } = this.#settings;
    const window = wholeObjectWindow(object, input.window);
    const cube = objectCube(window, intrinsics, up, points);
    const feeds = this.#feeds(input, window, cube);
    const { condition } = await this.#condition.run(feeds);
    const start = noise([1, latentChannels, LATENT_SIDE, LATENT_SIDE, LATENT_SIDE], createRandom(seed), temperature);
    const latent = await integrate(
      start,
      stepsFor(steps, effort),
      async (noisy, time) => (await this.#generator.run({ noisy, condition, time })).velocity,
      onProgress,
    );
    const { field } = await this.#decoder.run({ latent });

    const mesh = this.#mesh(field.data, input, window, cube);
    if (mesh.indices.length === 0) throw new RangeError('the generated field has nothing inside');
    return finishShape(mesh, cube, window, input);
  }

  #feeds(input: ShapeInput, window: Window, cube: ObjectCube): Record<'picture' | 'lift' | 'observed', Tensor> {
    const { object, window: objectWindow, intrinsics, points, measured } = input;
    const { resolution, pictureSize: size, estimatedTrust } = this.#settings;
    const planes = resample(premultipliedPlanes(object), rectIn(object, objectWindow, window), size, size, 0);
    const picture = tensor(
      planes.data.map((value) => 2 * value - 1),
      [1, 4, size, size],
    );
    return {
      picture,
      lift: latentLift(cube, window, intrinsics, LATENT_SIDE),
      // The model has learnt to bear that nothing is known, not that the silhouette alone is.
      observed:
        points.length === 0
          ? zeros([1, 2, resolution, resolution, resolution])
          : this.#observed(input, window, cube, { resolution, size, trust: measured ? 1 : estimatedTrust }),
    };
  }

  /** The field's surface, finer than the field where the object was seen. */
  #mesh(field: Float32Array, input: ShapeInput, window: Window, cube: ObjectCube): Mesh {
    const { resolution, pictureSize, truncation, level } = this.#settings;
    const fine = DETAIL * resolution;
    const voxels = resolution ** 3;
    const observed = this.#observed(input, window, cube, { resolution: fine, size: DETAIL * pictureSize, trust: 1 });
    const distances = fuseObserved(refineField(field.subarray(0, voxels), resolution, DETAIL), observed, {
      resolution: fine,
      truncation,
      level,
    });
    // One mask is one body: what came out in parts, a lamp without its stem, is joined.
    const parts = { level, slope: 2 / (fine * truncation), radius: DETAIL * NECK, minPartShare: SMALLEST_PART };
    const mesh = fieldToMesh(connectParts(distances, fine, parts), fine, {
      halfExtent: 1,
      level,
      maxTriangles: input.maxTriangles ?? GENERATE_OPTIONS_DEFAULTS.maxTriangles,
      minPartShare: SMALLEST_PART,
    });
    mesh.colors = sampleColors(field.subarray(voxels), { resolution, halfExtent: 1 }, mesh.positions);
    return mesh;
  }

  #observed(
    { intrinsics, points, free }: ShapeInput,
    window: Window,
    cube: ObjectCube,
    { resolution, size, trust }: { resolution: number; size: number; trust: number },
  ): Tensor {
    const depth = splatPoints(points, window, intrinsics, size);
    const freePixels = free && resampleMask(free, windowRect(window), size, size);
    const { truncation } = this.#settings;
    return observedField(cube, window, intrinsics, depth, freePixels, { resolution, truncation, trust });
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#condition.dispose(), this.#generator.dispose(), this.#decoder.dispose()]);
  }
}
