/**
 * Rotation, translation and size of every object of a scene at once (paper, section 3.3): flow matching by
 * a transformer over all objects' pose tokens, given the scene's picture and points and each object's own.
 *
 * Several samples are drawn together; for each object a search starts from those that explain its points and
 * mask best, and the best found is registered to them. The meshes may come from anywhere: their geometry is encoded here.
 */
import { createRandom, mat3, meshToField, type Mesh, type Pose, quat, type Random, vec3 } from '@scenemaker/sdk';
import * as v from 'valibot';
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
import { maskBox, othersOf } from './mask-ops.js';
import { objectCrops } from './object-crops.js';
import { drawPoints, groupPoints, scenePictures, sceneSpace, type SceneSpace, toSceneSpace } from './pose-inputs.js';
import { refinePose, type RefinedPose, rotationFrom6D } from './pose-refine.js';
import { searchPoses } from './pose-search.js';
import { gatherEvidence, meshDistance, scorePose } from './pose-score.js';
import type { Mask, PoseEstimate, PoseInput, PoseOutput, Stage, StageContext } from './stage.js';
import { rotatePoints, uprightFromCamera } from './upright.js';

/** rotation 6D, translation, log size */
const POSE_LENGTH = 10;
/** The cube that geometry is encoded in, canonical units, and the distance that is 1 there. */
const GEOMETRY_HALF_EXTENT = 0.6;
/** Best samples of each object that a search starts from. */
const SEARCHED = 3;
/** Best poses of each object, sampled and found, that are registered to the end. */
const REGISTERED = 3;

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

  async run(input: PoseInput, { seed, effort = 1, onProgress }: StageContext): Promise<PoseOutput> {
    if (input.objects.length === 0) return [];
    const random = createRandom(seed);
    const uprightFrom = uprightFromCamera(input.up);
    const upright = input.objects.map(({ points }) => {
      if (points.length === 0) throw new RangeError('an object has no observed points');
      return rotatePoints(uprightFrom, drawPoints(points, this.#settings.points, random));
    });
    const space = sceneSpace(upright);
    const tokens = await this.#encode.run(await this.#feeds(input, upright, space));
    onProgress?.(0.2);
    const samples = await this.#sample(tokens, input.objects.length, space, random, effort, (fraction) =>
      onProgress?.(0.2 + 0.6 * fraction),
    );
    onProgress?.(0.8);
    const { width, height } = input.picture;
    const hidden = othersOf(
      input.objects.map(({ mask }) => mask),
      width,
      height,
    );
    return input.objects.map((_, index) => {
      const poses = samples.map((sample) => sample[index]);
      const estimate = bestPose(input, index, hidden[index], upright[index], poses);
      onProgress?.(0.8 + (0.2 * (index + 1)) / input.objects.length);
      return estimate;
    });
  }

  async #feeds(
    { picture, objects }: PoseInput,
    upright: readonly Float32Array[],
    space: SceneSpace,
  ): Promise<Parameters<Encode['run']>[0]> {
    const { pictureSize, groups, neighbours } = this.#settings;
    const masks = objects.map(({ mask }) => mask);
    const grouped = upright.map((points) => groupPoints(toSceneSpace(points, space), groups, neighbours));
    const geometry: Tensor[] = [];
    for (const { mesh } of objects) geometry.push(await this.#encodeGeometry(mesh));
    return {
      ...scenePictures(picture, masks, pictureSize),
      crops: objectCrops(picture, masks),
      points: concatenate(grouped.map(({ data, shape }) => tensor(data, [1, ...shape]))),
      geometry: concatenate(geometry),
    };
  }

  async #encodeGeometry(mesh: Mesh): Promise<Tensor> {
    const { resolution, truncation } = this.#settings;
    const field = meshToField(mesh, resolution, GEOMETRY_HALF_EXTENT, truncation * GEOMETRY_HALF_EXTENT);
    const { latent } = await this.#geometry.run({ field: tensor(field, [1, 4, resolution, resolution, resolution]) });
    return latent;
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

function bestPose(
  input: PoseInput,
  index: number,
  hidden: Mask,
  points: Float32Array,
  poses: readonly Pose[],
): PoseEstimate {
  const { mesh, mask, points: cameraPoints } = input.objects[index];
  const box = maskBox(mask);
  if (box === undefined) throw new RangeError('an object has no visible pixels');
  const evidence = gatherEvidence({
    points,
    cameraPoints,
    mask,
    box,
    hidden,
    intrinsics: input.intrinsics,
    cameraFromUpright: mat3.transpose(uprightFromCamera(input.up)),
  });
  const field = meshDistance(mesh);
  const byScore = (a: RefinedPose, b: RefinedPose): number => b.score.score - a.score.score;
  const sampled = poses.map((pose) => ({ pose, score: scorePose(pose, mesh, field, evidence) })).sort(byScore);
  const found = sampled.slice(0, SEARCHED).flatMap(({ pose }) => searchPoses(pose, mesh, field, evidence));
  const ranked = [...sampled, ...found].sort(byScore);
  const refined = ranked.slice(0, REGISTERED).map(({ pose }) => refinePose(pose, mesh, field, evidence));
  const best = refined.reduce((a, b) => (b.score.score > a.score.score ? b : a));
  return { pose: best.pose, score: best.score.score, drawn: { first: poses[0], best: sampled[0].pose } };
}
