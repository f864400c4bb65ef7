/**
 * Depth, camera and gravity from one picture (paper, section 3.1, where MoGe does this).
 *
 * Depth is found up to scale: the median of what is valid is set to 1. A known camera is kept. A model
 * may look at the picture and at its mirror image, and the mean of what it says of both is taken: their errors differ.
 */
import * as v from 'valibot';
import {
  type ModelPack,
  type ModelSession,
  openSession,
  parseSettings,
  type SessionOptions,
  type Tensor,
} from '../models/index.js';
import { cameraOfPlane } from './camera-plane.js';
import { fitLetterbox, type Letterbox, letterboxPicture, mirrorRows, unletterbox } from './letterbox.js';
import type { DepthInput, DepthOutput, Picture, Stage } from './stage.js';
import { median } from './order.js';

/** Network pixels for one cell of the answer. */
const STRIDE = 2;
/** Logit of there being something; what is doubtful keeps its depth, for a hole in a wall costs more than a far sky. */
const SURELY_NOTHING = -2;
/** Cells of the answer over which near and far blend at an edge: measured on validation scenes. */
const EDGE_CELLS = 2;

const settingsSchema = v.object({
  /** Longest side of the picture the network sees, pixels. */
  pictureSize: v.pipe(v.number(), v.integer(), v.minValue(32)),
  /** Whether the mirror image is looked at, too. */
  mirrored: v.optional(v.boolean(), false),
});

type Model = ModelSession<'image', 'logDepth' | 'validity' | 'plane'>;

/** Logarithm of depth and logit of there being any, for each pixel of the picture; the plane as `cameraOfPlane` takes it. */
interface Answer {
  logDepth: Float32Array;
  validity: Float32Array;
  plane: Float32Array;
}

export class DepthStage implements Stage<DepthInput, DepthOutput> {
  readonly name = 'depth';
  readonly #model: Model;
  readonly #settings: v.InferOutput<typeof settingsSchema>;

  private constructor(model: Model, settings: v.InferOutput<typeof settingsSchema>) {
    this.#model = model;
    this.#settings = settings;
  }

  static async open(pack: ModelPack, options: SessionOptions = {}): Promise<DepthStage> {
    const settings = parseSettings(settingsSchema, 'depth', pack.stage('depth').settings);
    const file = pack.file('depth', 'model');
    return new DepthStage(await openSession(file, ['image'], ['logDepth', 'validity', 'plane'], options), settings);
  }

  async run({ picture, intrinsics }: DepthInput): Promise<DepthOutput> {
    const { width, height } = picture;
    const box = fitLetterbox(picture, this.#settings.pictureSize, { square: true });
    const { logDepth: depth, validity, plane } = await this.#look(letterboxPicture(picture, box), box, picture);
    for (let i = 0; i < depth.length; i++) if (validity[i] < SURELY_NOTHING) depth[i] = NaN;
    // The constant is taken away before the exponential: it may be too large for a float.
    const middle = median(depth.filter(Number.isFinite)) ?? 0;
    for (let i = 0; i < depth.length; i++) depth[i] = Math.exp(depth[i] - middle);
    const { cx, cy } = intrinsics ?? { cx: width / 2, cy: height / 2 };
    const { focal, up } = cameraOfPlane(plane, box, STRIDE, { x: cx, y: cy });
    return {
      depth,
      intrinsics: intrinsics ?? { fx: focal, fy: focal, cx, cy },
      up,
      edgeReach: (EDGE_CELLS * STRIDE) / box.scale,
    };
  }

  async #look(image: Tensor, box: Letterbox, picture: Picture): Promise<Answer> {
    const seen = await this.#answer(image, box, picture);
    if (!this.#settings.mirrored) return seen;
    const mirrored = { data: image.data.slice(), shape: image.shape };
    mirrorRows(mirrored.data, box.width, box.innerWidth);
    return meanAnswer(seen, mirrorAnswer(await this.#answer(mirrored, box, picture), box, picture));
  }

  async #answer(image: Tensor, box: Letterbox, picture: Picture): Promise<Answer> {
    const { logDepth, validity, plane } = await this.#model.run({ image });
    return {
      logDepth: unletterbox(logDepth.data, box, STRIDE, picture),
      validity: unletterbox(validity.data, box, STRIDE, picture),
      plane: plane.data,
    };
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}

/** What is said of a mirror image, said of the picture. */
function mirrorAnswer({ logDepth, validity, plane }: Answer, box: Letterbox, { width }: Picture): Answer {
  mirrorRows(logDepth, width);
  mirrorRows(validity, width);
  const [across, down, middle] = plane;
  // The grey beside the picture stays on the right, so that the input's middle is not the mirror's.
  const shift = (box.innerWidth - box.width) / ((box.width - STRIDE) / 2);
  return { logDepth, validity, plane: Float32Array.of(-across, down, middle + across * shift) };
}

function meanAnswer(first: Answer, second: Answer): Answer {
  const mean = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => (value + b[i]) / 2);
  return {
    logDepth: mean(first.logDepth, second.logDepth),
    validity: mean(first.validity, second.validity),
    plane: mean(first.plane, second.plane),
  };
}
