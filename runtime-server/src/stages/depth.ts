/**
 * Depth, camera and gravity from one picture (paper, section 3.1, where MoGe does this).
 *
 * Depth is found up to scale: the median of what is valid is set to 1.
 */
import { vec3 } from '@scenemaker/sdk';
import * as v from 'valibot';
import { type ModelPack, type ModelSession, openSession, parseSettings, type SessionOptions } from '../models/index.js';
import { fitLetterbox, letterboxPicture, unletterbox } from './letterbox.js';
import type { DepthInput, DepthOutput, Stage } from './stage.js';
import { median } from './upright.js';

/** Network pixels for one cell of the answer. */
const STRIDE = 2;

const settingsSchema = v.object({
  /** Longest side of the picture the network sees, pixels. */
  pictureSize: v.pipe(v.number(), v.integer(), v.minValue(32)),
});

type Model = ModelSession<'image', 'logDepth' | 'validity' | 'focal' | 'up'>;

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
    return new DepthStage(
      await openSession(file, ['image'], ['logDepth', 'validity', 'focal', 'up'], options),
      pictureSize,
    );
  }

  async run({ picture }: DepthInput): Promise<DepthOutput> {
    const { width, height } = picture;
    const box = fitLetterbox(picture, this.#pictureSize);
    const answer = await this.#model.run({ image: letterboxPicture(picture, box) });
    const depth = unletterbox(answer.logDepth.data, box, STRIDE, picture);
    const validity = unletterbox(answer.validity.data, box, STRIDE, picture);
    for (let i = 0; i < depth.length; i++) if (validity[i] < 0) depth[i] = NaN;
    // The constant is taken away before the exponential: it may be too large for a float.
    const middle = median(depth.filter(Number.isFinite)) ?? 0;
    for (let i = 0; i < depth.length; i++) depth[i] = Math.exp(depth[i] - middle);
    const focal = answer.focal.data[0] * Math.max(width, height);
    const [x, y, z] = answer.up.data;
    return {
      depth,
      intrinsics: { fx: focal, fy: focal, cx: width / 2, cy: height / 2 },
      up: vec3.normalize([x, y, z], [0, -1, 0]),
    };
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}
