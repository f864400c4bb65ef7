/** One scene of a data set, decoded: what the picture shows, and what is really there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import {
  type Mesh,
  meshBounds,
  type Pose,
  quat,
  type RigidTransform,
  sampleSurface,
  SceneMakerError,
  type Vec3,
  vec3,
} from '@scenemaker/sdk';
import { readGlbMesh } from '@scenemaker/sim-adapters';
import { decodeDepth } from '../input/depth.js';
import { decodePicture } from '../input/picture.js';
import { emptyMask, maskArea } from '../stages/mask-ops.js';
import type { Intrinsics, Mask, Picture, PictureWithAlpha, Window } from '../stages/stage.js';
import type { Dataset, ObjectDocument, SceneEntry } from './dataset.js';
import { findSymmetries, type Symmetries } from './metrics/symmetry.js';

export interface TrueScene {
  name: string;
  index: number;
  /** The encoded picture, as a pipeline takes it, and decoded. */
  bytes: Uint8Array;
  picture: Picture;
  /** z, metres; NaN where there is none. */
  depth: Float32Array;
  intrinsics: Intrinsics;
  /** Unit vector against gravity, camera frame. */
  up: Vec3;
  cameraToWorld: RigidTransform;
  /** Those that can be seen. */
  objects: TrueObject[];
}

export interface TrueObject {
  id: string;
  category: string;
  caption: string;
  shape: TrueShape;
  /** Canonical space to the camera frame, metres. */
  pose: Pose;
  /** Its visible pixels. */
  mask: Mask;
  /** Share of the picture that they are. */
  share: number;
  /** Visible share of its whole silhouette, where known. */
  visibleFraction?: number;
  /** Reads the de-occlusion pair, where there is one. */
  pair?: () => Promise<DeocclusionPair>;
}

/** What is known of an object before it is posed; each mesh file is read once. */
export interface TrueShape {
  mesh: Mesh;
  /** Points evenly on the surface, canonical space, stride 3. */
  surface: Float32Array;
  symmetries(): Symmetries;
}

export interface DeocclusionPair {
  window: Window;
  /** The object alone. */
  whole: PictureWithAlpha;
  /** Of the size of `whole`. `hidden`: other objects, and what lies outside the picture. */
  visible: Mask;
  hidden: Mask;
}

/** Objects that show less of the picture are left out: nobody could find them. */
export const SMALLEST_SHARE = 0.001;
/** How far a mesh's box may be off from canonical space. */
const CANONICAL_TOLERANCE = 0.02;

export class TruthReader {
  readonly #dataset: Dataset;
  readonly #points: number;
  readonly #shapes = new Map<string, Promise<TrueShape>>();

  /** `points` on the surface of each object. */
  constructor(dataset: Dataset, points: number) {
    this.#dataset = dataset;
    this.#points = points;
  }

  /** Errors: bad-request, and those of pictures and depth maps. */
  async read({ name, folder, document }: SceneEntry, index: number): Promise<TrueScene> {
    const { width, height, fx, fy, cx, cy, cameraToWorld } = document;
    const path = join(folder, document.picture);
    const bytes = new Uint8Array(await readFile(path));
    const { picture } = await naming(path, () => decodePicture(bytes));
    checkSize(path, picture, document);
    const depthPath = join(folder, document.depth);
    const depth = await naming(depthPath, async () =>
      decodeDepth({ encoding: 'png16', bytes: await readFile(depthPath), metersPerUnit: document.depthUnitMeters }),
    );
    checkSize(depthPath, depth, document);
    const instances = await readGrey(join(folder, document.instances));
    checkSize(join(folder, document.instances), instances, document);
    const rotation = quat.fromMat3(cameraToWorld.rotation);
    const up = document.up ?? quat.rotate(quat.conjugate(rotation), vec3.UP);
    const objects: TrueObject[] = [];
    for (const object of document.objects) {
      const mask = maskOf(instances, object.instance);
      const share = maskArea(mask) / (width * height);
      if (share < SMALLEST_SHARE) continue;
      objects.push(await this.#object(object, folder, mask, share));
    }
    return {
      name,
      index,
      bytes,
      picture,
      depth: depth.data,
      intrinsics: { fx, fy, cx, cy },
      up: vec3.normalize(up, [0, -1, 0]),
      cameraToWorld: { rotation, translation: cameraToWorld.translationMeters },
      objects,
    };
  }

  async #object(document: ObjectDocument, folder: string, mask: Mask, share: number): Promise<TrueObject> {
    const { object, category, caption, rotation, translationMeters, sizeMeters, visibleFraction, crop } = document;
    return {
      id: object,
      category,
      caption,
      shape: await this.#shape(document.mesh),
      pose: { rotation: quat.fromMat3(rotation), translation: translationMeters, size: sizeMeters },
      mask,
      share,
      ...(visibleFraction !== undefined && { visibleFraction }),
      ...(crop !== undefined && { pair: () => readPair(crop, folder) }),
    };
  }

  #shape(file: string): Promise<TrueShape> {
    const known = this.#shapes.get(file) ?? readShape(join(this.#dataset.folder, file), this.#points);
    this.#shapes.set(file, known);
    return known;
  }
}

async function readShape(path: string, points: number): Promise<TrueShape> {
  const mesh = await naming(path, async () => readGlbMesh(await readFile(path)));
  const { min, max } = meshBounds(mesh);
  const longest = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  const offCentre = Math.max(...[0, 1, 2].map((axis) => Math.abs(min[axis] + max[axis]) / 2));
  if (Math.abs(longest - 1) > CANONICAL_TOLERANCE || offCentre > CANONICAL_TOLERANCE) {
    const given = `longest side ${longest.toPrecision(3)}, centre off by ${offCentre.toPrecision(3)}`;
    throw new SceneMakerError('bad-request', `${path} is not in canonical space (longest side 1, centred): ${given}`, {
      given,
    });
  }
  let symmetries: Symmetries | undefined;
  return {
    mesh,
    surface: sampleSurface(mesh, points, 11).points,
    symmetries: () => (symmetries ??= findSymmetries(mesh)),
  };
}

async function readPair(crop: NonNullable<ObjectDocument['crop']>, folder: string): Promise<DeocclusionPair> {
  const path = join(folder, crop.whole);
  const { data, info } = await naming(path, () =>
    sharp(path).toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true }),
  );
  const whole = { width: info.width, height: info.height, data: new Uint8Array(data) };
  const read = async (name: string): Promise<Mask> => {
    const grey = await readGrey(join(folder, name));
    checkSize(join(folder, name), grey, whole);
    return { ...grey, data: grey.data.map((value) => (value > 127 ? 1 : 0)) };
  };
  const [x, y, side] = crop.window;
  return { window: { x, y, side }, whole, visible: await read(crop.visible), hidden: await read(crop.hidden) };
}

/** The first channel of a picture file, one byte a pixel. */
async function readGrey(path: string): Promise<Mask> {
  const { data, info } = await naming(path, () =>
    sharp(path).extractChannel(0).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  );
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

function maskOf({ width, height, data }: Mask, instance: number): Mask {
  const mask = emptyMask(width, height);
  for (let i = 0; i < data.length; i++) if (data[i] === instance) mask.data[i] = 1;
  return mask;
}

type Size = { width: number; height: number };

function checkSize(path: string, given: Size, wanted: Size): void {
  if (given.width === wanted.width && given.height === wanted.height) return;
  const text = ({ width, height }: Size): string => `${width} x ${height}`;
  throw new SceneMakerError('bad-request', `${path} has ${text(given)} pixels, not ${text(wanted)}`, {
    given: text(given),
    allowed: text(wanted),
  });
}

/** Errors say which file they are about. */
async function naming<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const error = SceneMakerError.from(thrown, 'bad-request');
    throw new SceneMakerError(error.code, `${path}: ${error.message}`, { ...error.details, cause: thrown });
  }
}
