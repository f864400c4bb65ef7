/**
 * The depth stage on MoGe-2. The graph gives points that are right up to a shift along z and up to the focal length;
 * both are recovered here, as `MoGeModel.infer` of moge/model/v2.py does.
 *
 *   image [1, 3, H, W] RGB 0 to 1, num_tokens int64 ─► points [1, H, W, 3], mask [1, H, W] 0 to 1, metric_scale [1]
 *
 * The files that its authors published call the last output `scale`; those that their page tells how to export do not.
 */
import * as v from 'valibot';
import {
  type ModelPack,
  type ModelSession,
  openSession,
  parseSettings,
  type SessionOptions,
} from '../../models/index.js';
import { upFromDepth } from '../../stages/gravity.js';
import { planesOf } from '../../stages/picture-ops.js';
import type { DepthInput, DepthOutput, Stage, StageContext } from '../../stages/stage.js';
import { recoverFocalShift } from './focal-shift.js';

/** Mask above which a point counts. */
const VALID = 0.5;

const settingsSchema = v.object({
  /** Patches that the transformer sees; more is finer and slower. 1200 to 2500 is what its authors suggest. */
  tokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3600)), 1800),
});

type Model = ModelSession<'image' | 'num_tokens', 'points' | 'mask' | 'metric_scale'>;

export class MogeDepthStage implements Stage<DepthInput, DepthOutput> {
  readonly name = 'depth';
  readonly #model: Model;
  readonly #tokens: number;

  private constructor(model: Model, tokens: number) {
    this.#model = model;
    this.#tokens = tokens;
  }

  static async open(pack: ModelPack, options: SessionOptions = {}): Promise<MogeDepthStage> {
    const { tokens } = parseSettings(settingsSchema, 'depth', pack.stage('depth').settings);
    const inputs = ['image', 'num_tokens'] as const;
    const outputs = ['points', 'mask', 'metric_scale'] as const;
    const file = pack.file('depth', 'model');
    return new MogeDepthStage(await openSession(file, inputs, outputs, options, { metric_scale: 'scale' }), tokens);
  }

  async run({ picture, intrinsics }: DepthInput, { seed }: StageContext): Promise<DepthOutput> {
    const { width, height } = picture;
    const answer = await this.#model.run({
      image: { data: planesOf(picture).data, shape: [1, 3, height, width] },
      num_tokens: { data: BigInt64Array.of(BigInt(this.#tokens)), shape: [] },
    });
    const points = answer.points.data;
    const valid = Uint8Array.from(answer.mask.data, (value) => (value > VALID ? 1 : 0));
    const halfDiagonal = Math.hypot(width, height) / 2;
    const known = intrinsics && intrinsics.fx / halfDiagonal;
    const { focal, shift } = recoverFocalShift({ points, valid, width, height }, known);
    const depth = new Float32Array(width * height);
    for (let i = 0; i < depth.length; i++) {
      const z = points[3 * i + 2] + shift;
      depth[i] = valid[i] === 1 && z > 0 ? z : NaN;
    }
    const fx = focal * halfDiagonal;
    const camera = intrinsics ?? { fx, fy: fx, cx: width / 2, cy: height / 2 };
    const up = upFromDepth(depth, camera, picture, seed);
    return { depth, intrinsics: camera, up, metersPerUnit: answer.metric_scale.data[0] };
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}
