/**
 * A closed, coloured mesh from the whole object's picture (paper, section 3.1, where Step1X-3D does this):
 * flow matching in the latent space of a field of distance and colour, on a cube that stands upright and
 * faces the viewer.
 */
import { connectParts, createRandom, fieldToMesh, type Mesh, meshBounds, type Vec3 } from '@scenemaker/sdk';
import { rasteriseDepth } from '@scenemaker/sdk/render';
import * as v from 'valibot';
import {
  type ModelPack,
  type ModelSession,
  openSession,
  parseSettings,
  type SessionOptions,
  type Tensor,
  tensor,
} from '../models/index.js';
import { integrate, noise, stepsFor } from './flow.js';
import { maskBox } from './mask-ops.js';
import { latentLift, observedField, splatPoints } from './observed-field.js';
import {
  plane,
  premultipliedPlanes,
  type Rect,
  resample,
  resampleMask,
  thresholdPlane,
  windowRect,
} from './picture-ops.js';
import { projectColors } from './shape-colors.js';
import type { PictureWithAlpha, ShapeInput, ShapeOutput, Stage, StageContext, Window } from './stage.js';
import { cubeToCamera, type ObjectCube, objectCube, windowIntrinsics } from './upright.js';
import { shapeWindow } from './windows.js';

/** The latent has so many cells along each side. */
const LATENT_SIDE = 8;
const MAX_TRIANGLES = 5000;
/** Parts below this share of the largest part's volume are dropped. */
const SMALLEST_PART = 0.02;

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
    const { resolution, latentChannels, steps, temperature, level } = this.#settings;
    const window = wholeObjectWindow(object, input.window);
    const cube = objectCube(window, intrinsics, up, points);
    const { condition } = await this.#condition.run(this.#feeds(input, window, cube));
    const start = noise([1, latentChannels, LATENT_SIDE, LATENT_SIDE, LATENT_SIDE], createRandom(seed), temperature);
    const latent = await integrate(
      start,
      stepsFor(steps, effort),
      async (noisy, time) => (await this.#generator.run({ noisy, condition, time })).velocity,
      onProgress,
    );
    const { field } = await this.#decoder.run({ latent });

    const voxels = resolution ** 3;
    // One mask is one body: what came out in parts, a lamp without its stem, is joined.
    const slope = 2 / (resolution * this.#settings.truncation);
    const parts = { level, slope, minPartShare: SMALLEST_PART };
    const mesh = fieldToMesh(connectParts(field.data.subarray(0, voxels), resolution, parts), resolution, {
      halfExtent: 1,
      level,
      maxTriangles: MAX_TRIANGLES,
      minPartShare: SMALLEST_PART,
      colors: field.data.subarray(voxels),
    });
    if (mesh.indices.length === 0) throw new RangeError('the generated field has nothing inside');
    const cameraPositions = toCamera(cube, mesh.positions);
    projectColors(mesh, cameraPositions, 2 * cube.halfSide, object, input.window, intrinsics);
    const score = silhouetteOverlap(cameraPositions, mesh.indices, input, window);
    return { mesh: canonicalMesh(mesh), score };
  }

  #feeds(
    { object, window: objectWindow, intrinsics, points, measured, free }: ShapeInput,
    window: Window,
    cube: ObjectCube,
  ): Record<'picture' | 'lift' | 'observed', Tensor> {
    const { resolution, pictureSize: size, truncation, estimatedTrust } = this.#settings;
    const planes = resample(premultipliedPlanes(object), rectIn(object, objectWindow, window), size, size, 0);
    const picture = tensor(
      planes.data.map((value) => 2 * value - 1),
      [1, 4, size, size],
    );
    const depth = splatPoints(points, window, intrinsics, size);
    const freePixels = free && resampleMask(free, windowRect(window), size, size);
    return {
      picture,
      lift: latentLift(cube, window, intrinsics, LATENT_SIDE),
      observed: observedField(cube, window, intrinsics, depth, freePixels, {
        resolution,
        truncation,
        trust: measured ? 1 : estimatedTrust,
      }),
    };
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#condition.dispose(), this.#generator.dispose(), this.#decoder.dispose()]);
  }
}

/** The shape window in picture pixels, about what covers more than half a pixel of `object`. */
export function wholeObjectWindow(object: PictureWithAlpha, window: Window): Window {
  const planes = premultipliedPlanes(object);
  const alpha = { channels: 1, width: object.width, height: object.height, data: plane(planes, 3) };
  const box = maskBox(thresholdPlane(alpha, 0.5));
  if (box === undefined) throw new RangeError('the de-occluded picture shows nothing');
  const scale = window.side / object.width;
  const inObject = shapeWindow(box);
  return { x: window.x + inObject.x * scale, y: window.y + inObject.y * scale, side: inObject.side * scale };
}

/** Where `window` (picture pixels) lies in `object`, whose own window is `objectWindow`; object pixels. */
function rectIn(object: PictureWithAlpha, objectWindow: Window, window: Window): Rect {
  const scale = object.width / objectWindow.side;
  const side = window.side * scale;
  return { x: (window.x - objectWindow.x) * scale, y: (window.y - objectWindow.y) * scale, width: side, height: side };
}

function toCamera(cube: ObjectCube, positions: Float32Array): Float32Array {
  const result = new Float32Array(positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    const q: Vec3 = [positions[i], positions[i + 1], positions[i + 2]];
    result.set(cubeToCamera(cube, q), i);
  }
  return result;
}

/** Overlap over union of the mesh's silhouette and the picture's coverage, 0 to 1. */
function silhouetteOverlap(
  cameraPositions: Float32Array,
  indices: Uint32Array,
  { object, window: objectWindow, intrinsics }: ShapeInput,
  window: Window,
): number {
  const size = 64;
  const view = { ...windowIntrinsics(intrinsics, window, size), width: size, height: size };
  const depth = rasteriseDepth({ positions: cameraPositions, indices }, view);
  const covered = plane(resample(premultipliedPlanes(object), rectIn(object, objectWindow, window), size, size, 0), 3);
  let overlap = 0;
  let union = 0;
  for (let i = 0; i < depth.length; i++) {
    const [mesh, picture] = [depth[i] < Infinity, covered[i] > 0.5];
    if (mesh && picture) overlap++;
    if (mesh || picture) union++;
  }
  return union === 0 ? 0 : overlap / union;
}

/** Centres the bounding box on the origin and scales its longest side to 1. */
export function canonicalMesh(mesh: Mesh): Mesh {
  const { min, max } = meshBounds(mesh);
  const longest = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  const positions = new Float32Array(mesh.positions.length);
  for (let i = 0; i < positions.length; i++)
    positions[i] = (mesh.positions[i] - (min[i % 3] + max[i % 3]) / 2) / longest;
  return { ...mesh, positions };
}
