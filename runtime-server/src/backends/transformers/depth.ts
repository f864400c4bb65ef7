/**
 * The depth stage on Depth Anything (V1 or V2, relative): the model gives what is like 1 / z, up to scale and offset.
 * Far is taken to be where it is least, at `farRatio` times the distance of the nearest; neither focal length nor
 * metres come of it, so a usual camera is taken where none is known.
 */
import { SceneMakerError } from '@scenemaker/sdk';
import * as v from 'valibot';
import { type ModelPack, parseSettings, type SessionOptions } from '../../models/index.js';
import { upFromDepth } from '../../stages/gravity.js';
import { type Planes, resample, wholeRect } from '../../stages/picture-ops.js';
import type { DepthInput, DepthOutput, Stage, StageContext } from '../../stages/stage.js';
import { loadLibrary, loadModel, precisionSchema, toImage } from './library.js';

const settingsSchema = v.object({
  /** The model's folder within the pack's. */
  model: v.pipe(v.string(), v.nonEmpty()),
  dtype: precisionSchema,
  /** The farthest over the nearest depth of a picture. */
  farRatio: v.optional(v.pipe(v.number(), v.gtValue(1)), 6),
  /** Of a camera that nobody knows: focal length in longer sides of the picture. */
  focal: v.optional(v.pipe(v.number(), v.gtValue(0)), 0.9),
});

export async function openDepth(pack: ModelPack, options: SessionOptions): Promise<Stage<DepthInput, DepthOutput>> {
  const settings = parseSettings(settingsSchema, 'depth', pack.stage('depth').settings);
  const library = await loadLibrary();
  const from = { folder: settings.model, precision: settings.dtype };
  const classFor = () => library.AutoModelForDepthEstimation;
  const { processor, model } = await loadModel(library, pack, from, options, classFor);
  return {
    name: 'depth',
    async run({ picture, intrinsics }: DepthInput, { seed }: StageContext): Promise<DepthOutput> {
      const { width, height } = picture;
      const answer = (await model(await processor(toImage(library, picture)))) as {
        predicted_depth: { dims: number[]; data: Float32Array };
      };
      const { dims, data } = answer.predicted_depth;
      const nearness: Planes = { channels: 1, width: dims.at(-1) ?? 0, height: dims.at(-2) ?? 0, data };
      if (nearness.width * nearness.height !== data.length) {
        throw new SceneMakerError('pack-corrupt', `${settings.model} gives no map of depth`, { given: dims });
      }
      const full = resample(nearness, wholeRect(nearness), width, height).data;
      const depth = depthFromNearness(full, settings.farRatio);
      const focal = settings.focal * Math.max(width, height);
      const camera = intrinsics ?? { fx: focal, fy: focal, cx: width / 2, cy: height / 2 };
      return { depth, intrinsics: camera, up: upFromDepth(depth, camera, picture, seed) };
    },
    dispose: async () => void (await model.dispose()),
  };
}

/** z, where the largest nearness is 1 and the least is `farRatio`. A map without relief is flat. */
export function depthFromNearness(nearness: Float32Array, farRatio: number): Float32Array {
  let [least, most] = [Infinity, -Infinity];
  for (const value of nearness) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const range = most - least;
  return nearness.map((value) => 1 / (1 / farRatio + (range > 0 ? (value - least) / range : 1) * (1 - 1 / farRatio)));
}
