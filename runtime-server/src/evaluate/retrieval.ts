/**
 * A baseline for shapes: of objects that are known, the one that looks most alike, turned as it was seen.
 *
 * What looks alike is judged by the recognition model's embeddings of the visible pixels. The known objects are those
 * of another data set, seen in its scenes; that of a pack's training objects shows what generating gains over looking up.
 */
import { type Quat, quat, SceneMakerError, transformPositions, vec3 } from '@scenemaker/sdk';
import type { Mask, Picture } from '../stages/stage.js';
import { maskBox } from '../stages/mask-ops.js';
import type { Recogniser } from '../stages/recognise.js';

import { objectCube } from '../stages/upright.js';
import { deoccludeWindow } from '../stages/windows.js';
import { readDataset } from './dataset.js';
import { SMALLEST_ASKED_SHARE } from './tables/segment.js';
import { type TrueObject, type TrueScene, type TrueShape, TruthReader } from './truth.js';

export interface RetrievedShape {
  /** In the axes of the shape stage: upright, facing the viewer. */
  positions: Float32Array;
  indices: Uint32Array;
}

/** Tells what looks alike. */
type Looks = Pick<Recogniser, 'embeddings'>;

interface Known {
  embedding: Float32Array;
  shape: TrueShape;
  /** Canonical space to the axes of the shape stage. */
  rotation: Quat;
}

export class RetrievalIndex {
  readonly #looks: Looks;
  readonly #known: readonly Known[];

  private constructor(looks: Looks, known: readonly Known[]) {
    this.#looks = looks;
    this.#known = known;
  }

  /** `folder`: a data set, none of whose objects may be one of `unseen`. Errors: bad-request, and those of data sets. */
  static async build(folder: string, looks: Looks, unseen: ReadonlySet<string>): Promise<RetrievalIndex> {
    const dataset = await readDataset(folder);
    const shared = dataset.scenes.flatMap(({ document }) => document.objects).find(({ object }) => unseen.has(object));
    if (shared !== undefined) {
      throw new SceneMakerError('bad-request', `${folder} shows an object that is measured: ${shared.object}`, {
        given: shared.object,
        allowed: 'a data set of other objects',
      });
    }
    const reader = new TruthReader(dataset, 1);
    const known: Known[] = [];
    for (const [index, entry] of dataset.scenes.entries()) {
      const scene = await reader.read(entry, index);
      const objects = scene.objects.filter(({ share }) => share >= SMALLEST_ASKED_SHARE);
      const embeddings = await looks.embeddings(scene.picture, objects.map(({ mask }) => mask)); // prettier-ignore
      objects.forEach((object, i) => {
        known.push({ embedding: embeddings[i], shape: object.shape, rotation: facing(object, scene) });
      });
    }
    if (known.length === 0) throw new SceneMakerError('bad-request', `${folder} shows no object`);
    return new RetrievalIndex(looks, known);
  }

  /** The known object that looks most like what `mask` shows, as it was seen. */
  async nearest(picture: Picture, mask: Mask): Promise<RetrievedShape> {
    const [embedding] = await this.#looks.embeddings(picture, [mask]);
    let best = this.#known[0];
    let highest = -Infinity;
    for (const known of this.#known) {
      const likeness = cosine(known.embedding, embedding);
      if (likeness <= highest) continue;
      highest = likeness;
      best = known;
    }
    const { positions, indices } = best.shape.mesh;
    return { positions: transformPositions(positions, best.rotation, vec3.ZERO), indices };
  }
}

function facing({ mask, pose }: TrueObject, { intrinsics, up }: TrueScene): Quat {
  const box = maskBox(mask);
  if (box === undefined) throw new RangeError('an object without a pixel has no place in the index');
  const { cubeFromCamera } = objectCube(deoccludeWindow(box, false), intrinsics, up, new Float32Array(0));
  return quat.multiply(quat.fromMat3(cubeFromCamera), pose.rotation);
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return dot / Math.sqrt(Math.max(aa * bb, 1e-24));
}
