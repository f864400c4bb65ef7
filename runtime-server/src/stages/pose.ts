/**
 * Rotation, translation and size of every object of a scene at once (paper, section 3.3): flow matching by
 * a transformer over all objects' pose tokens, given the scene's picture and points and each object's own.
 *
 * Several samples are drawn together; for each object a search starts from those that explain its points and
 * mask best, and the best found is registered to them. The meshes may come from anywhere: their geometry is encoded here.
 */
import { createRandom, mat3, type Pose, quat, type Random, vec3 } from '@scenemaker/sdk';
import * as v from 'valibot';
import { type Compute, computeHere } from '../compute/tasks.js';
import {
  concatenate,
  type ModelPack,
  type ModelSession,
  openSession,
  parseSettings,
  type SessionOptions,
  type Tensor,
  tensor,
} from '../models/index.js';
import { integrate, noise, stepsFor } from './flow.js';
import type { MeshGeometry } from './mesh-geometry.js';
import { drawPoints, sceneSpace, type SceneSpace } from './pose-inputs.js';
import { rotationFrom6D } from './pose-refine.js';
import type { Evidence } from './pose-score.js';
import type { PoseInput, PoseOutput, Stage, StageContext } from './stage.js';
import { rotatePoints, uprightFromCamera } from './upright.js';

/** rotation 6D, translation, log size */
const POSE_LENGTH = 10;

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const tenNumbers = v.pipe(v.array(v.number()), v.length(POSE_LENGTH));
const settingsSchema = v.object({
  /** Side of the scene's picture, pixels. */
  pictureSize: count,
  steps: v.optional(count, 10),
  samples: v.optional(count, 8),
  poseMean: tenNumbers,
  poseStd: tenNumbers,
  points: v.optional(count, 512),
  groups: v.optional(count, 32),
  neighbours: v.optional(count, 16),
});
const shapeSettingsSchema = v.object({ resolution: count, truncation: v.optional(v.number(), 0.2) });

type Settings = v.InferOutput<typeof settingsSchema> & v.InferOutput<typeof shapeSettingsSchema>;
type Encode = ModelSession<'picture' | 'masks' | 'crops' | 'points' | 'geometry', string>;
type Denoise = ModelSession<string, 'velocity'>;
type Geometry = ModelSession<'field', 'latent'>;

export class PoseStage implements Stage<PoseInput, PoseOutput> {
  readonly name = 'pose';
  readonly #geometry: Geometry;
  readonly #encode: Encode;
  readonly #denoise: Denoise;
  readonly #settings: Settings;

  private constructor(geometry: Geometry, encode: Encode, denoise: Denoise, settings: Settings) {
    this.#geometry = geometry;
    this.#encode = encode;
    this.#denoise = denoise;
    this.#settings = settings;
  }

  static async open(pack: ModelPack, options: SessionOptions = {}): Promise<PoseStage> {
    const encode = pack.file('pose', 'encode');
    // Whatever the encoder gives is what the denoiser is conditioned on, by name.
    const tokens = Object.keys(encode.outputs ?? {});
    return new PoseStage(
      await openSession(pack.file('shape', 'encoder'), ['field'], ['latent'], options),
      await openSession(encode, ['picture', 'masks', 'crops', 'points', 'geometry'], tokens, options),
      await openSession(pack.file('pose', 'denoise'), ['poses', 'time', ...tokens], ['velocity'], options),
      {
        ...parseSettings(settingsSchema, 'pose', pack.stage('pose').settings),
        ...parseSettings(shapeSettingsSchema, 'shape', pack.stage('shape').settings),
      },
    );
  }

  async run(
    input: PoseInput,
    { seed, effort = 1, onProgress, compute = computeHere }: StageContext,
  ): Promise<PoseOutput> {
    if (input.objects.length === 0) return [];
    const random = createRandom(seed);
    const uprightFrom = uprightFromCamera(input.up);
    const upright = input.objects.map(({ points }) => {
      if (points.length === 0) throw new RangeError('an object has no observed points');
      return rotatePoints(uprightFrom, drawPoints(points, this.#settings.points, random));
    });
    const space = sceneSpace(upright);
    const masks = input.objects.map(({ mask }) => mask);
    const geometries = input.objects.map(
      ({ mesh, geometry }) => geometry ?? compute.measureGeometry(mesh, this.#settings),
    );
    const telling = compute.tellScene({ picture: input.picture, masks, points: upright, space }, this.#settings);
    // Wanted when the models are done.
    const gathering = telling.then(() => this.#gatherEvidence(input, upright, compute));
    gathering.catch(() => {}); // Thrown where it is waited for.
    const [told, geometry] = await Promise.all([telling, this.#encodeGeometry(geometries)]);
    const tokens = await this.#encode.run({ ...told, geometry });
    onProgress?.(0.2);
    const samples = await this.#sample(tokens, input.objects.length, space, random, effort, (fraction) =>
      onProgress?.(0.2 + 0.6 * fraction),
    );
    onProgress?.(0.8);
    const evidence = await gathering;
    let fitted = 0;
    return Promise.all(
      input.objects.map(async (_, index) => {
        const poses = samples.map((sample) => sample[index]);
        const { outline, distances } = await geometries[index];
        const estimate = await compute.fitPose(outline, distances, evidence[index], poses);
        input.onEstimate?.(index, estimate);
        onProgress?.(0.8 + (0.2 * ++fitted) / input.objects.length);
        return estimate;
      }),
    );
  }

  #gatherEvidence(
    { intrinsics, up, objects }: PoseInput,
    upright: readonly Float32Array[],
    compute: Compute,
  ): Promise<Evidence[]> {
    const seen = objects.map(({ mask, points }, i) => ({ mask, points: upright[i], cameraPoints: points }));
    return compute.gatherEvidence(seen, intrinsics, mat3.transpose(uprightFromCamera(up)));
  }

  async #encodeGeometry(geometries: readonly Promise<MeshGeometry>[]): Promise<Tensor> {
    const { resolution } = this.#settings;
    const latents: Tensor[] = [];
    for (const geometry of geometries) {
      const field = tensor((await geometry).field, [1, 4, resolution, resolution, resolution]);
      latents.push((await this.#geometry.run({ field })).latent);
    }
    return concatenate(latents);
  }

  /** Poses [sample][object], upright frame. */
  async #sample(
    tokens: Record<string, Tensor>,
    objects: number,
    space: SceneSpace,
    random: Random,
    effort: number,
    onStep: (fraction: number) => void,
  ): Promise<Pose[][]> {
    const { steps, poseMean, poseStd } = this.#settings;
    const samples = stepsFor(this.#settings.samples, effort);
    const start = noise([samples, objects, POSE_LENGTH], random);
    const denoise = async (poses: Tensor, time: Tensor): Promise<Tensor> =>
      (await this.#denoise.run({ ...tokens, poses, time })).velocity;
    const { data } = await integrate(start, stepsFor(steps, effort), denoise, onStep);
    const raw = data.map((value, i) => value * poseStd[i % POSE_LENGTH] + poseMean[i % POSE_LENGTH]);
    return Array.from({ length: samples }, (_, sample) =>
      Array.from({ length: objects }, (_, object) =>
        poseFromNumbers(raw, (sample * objects + object) * POSE_LENGTH, space),
      ),
    );
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#geometry.dispose(), this.#encode.dispose(), this.#denoise.dispose()]);
  }
}

/** Reads rotation 6D, translation and log size at `offset`, in the unit space of the scene. */
export function poseFromNumbers(numbers: ArrayLike<number>, offset: number, { centre, scale }: SceneSpace): Pose {
  return {
    rotation: quat.fromMat3(rotationFrom6D(numbers, offset)),
    translation: vec3.addScaled(centre, [numbers[offset + 6], numbers[offset + 7], numbers[offset + 8]], scale),
    // An untrained or lost model must not overflow what comes after.
    size: scale * Math.exp(Math.min(5, Math.max(-7, numbers[offset + 9]))),
  };
}
