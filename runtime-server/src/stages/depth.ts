/**
 * Depth, camera and gravity from one picture (paper, section 3.1, where MoGe does this).
 *
 * Depth is found up to scale: the median of what is valid is set to 1. A known camera is kept, and makes
 * gravity surer: of the plane that holds both, only the tilt is then left to find.
 */
import * as v from 'valibot';
import { type ModelPack, type ModelSession, openSession, parseSettings, type SessionOptions } from '../models/index.js';
import { cameraOfPlane } from './camera-plane.js';
import { fitLetterbox, letterboxPicture, unletterbox } from './letterbox.js';
import type { DepthInput, DepthOutput, Stage } from './stage.js';
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
});

type Model = ModelSession<'image', 'logDepth' | 'validity' | 'plane'>;

export class DepthStage implements Stage<DepthInput, DepthOutput> {
  readonly name = 'depth';
  readonly #model: Model;
  readonly #pictureSize: number;

  private constructor(model: Model, pictureSize: number) {
    this.#model = model;
    this.#pictureSize = pictureSize;
  }

  static async open(pack: ModelPack, options: SessionOptions = {}): Promise<DepthStage> {
    const { pictureSize } = parseSettings(settingsSchema, 'depth', pack.stage('depth').settings);
    const file = pack.file('depth', 'model');
    return new DepthStage(await openSession(file, ['image'], ['logDepth', 'validity', 'plane'], options), pictureSize);
  }

  async run({ picture, intrinsics }: DepthInput): Promise<DepthOutput> {
    const { width, height } = picture;
    const box = fitLetterbox(picture, this.#pictureSize, { square: true });
    const answer = await this.#model.run({ image: letterboxPicture(picture, box) });
    const depth = unletterbox(answer.logDepth.data, box, STRIDE, picture);
    const validity = unletterbox(answer.validity.data, box, STRIDE, picture);
    for (let i = 0; i < depth.length; i++) if (validity[i] < SURELY_NOTHING) depth[i] = NaN;
    // The constant is taken away before the exponential: it may be too large for a float.
    const middle = median(depth.filter(Number.isFinite)) ?? 0;
    for (let i = 0; i < depth.length; i++) depth[i] = Math.exp(depth[i] - middle);
    const { cx, cy } = intrinsics ?? { cx: width / 2, cy: height / 2 };
    const { focal, up } = cameraOfPlane(answer.plane.data, box, STRIDE, { x: cx, y: cy }, intrinsics?.fx);
    return {
      depth,
      intrinsics: intrinsics ?? { fx: focal, fy: focal, cx, cy },
      up,
      edgeReach: (EDGE_CELLS * STRIDE) / box.scale,
    };
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}
