/**
 * Depth from a server.
 *
 *   image UINT8 [H, W, 3]
 *   intrinsics FP32 [4]: fx, fy, cx, cy in pixels; only where the camera is known
 *   ─►
 *   depth FP32 [H, W]: z along the optical axis; NaN or <= 0 where there is none
 *   intrinsics FP32 [4]; not needed where they were sent
 *   up FP32 [3]: against gravity, camera frame (x right, y down, z forward); optional
 *   meters_per_unit FP32 [1]: of the depth; optional
 */
import { SceneMakerError, type Vec3, vec3 } from '@scenemaker/sdk';
import type { ModelPack } from '../../models/index.js';
import { upFromDepth } from '../../stages/gravity.js';
import type { DepthInput, DepthOutput, Intrinsics, Stage, StageContext } from '../../stages/stage.js';
import { RemoteModel } from './client.js';
import * as tensors from './tensors.js';
import { pick, type WireTensor } from './wire.js';

export async function depth(pack: ModelPack): Promise<Stage<DepthInput, DepthOutput>> {
  const model = await RemoteModel.open(pack, 'depth');
  return {
    name: 'depth',
    async run({ picture, intrinsics: known }: DepthInput, { seed }: StageContext): Promise<DepthOutput> {
      const { width, height } = picture;
      const answer = await model.infer({
        image: tensors.picture(picture),
        ...(known && { intrinsics: tensors.intrinsics(known) }),
      });
      const z = pick(answer, 'depth', 'FP32', [height, width]).data.map((value) => (value > 0 ? value : NaN));
      const intrinsics = known ?? readIntrinsics(answer);
      const up = answer['up'] === undefined ? upFromDepth(z, intrinsics, picture, seed) : readUp(answer);
      const scale = answer['meters_per_unit'] && pick(answer, 'meters_per_unit', 'FP32', [1]).data[0];
      return { depth: z, intrinsics, up, ...(scale !== undefined && { metersPerUnit: scale }) };
    },
    dispose: async () => {},
  };
}

function readIntrinsics(answer: Record<string, WireTensor>): Intrinsics {
  const [fx, fy, cx, cy] = pick(answer, 'intrinsics', 'FP32', [4]).data;
  if (fx > 0 && fy > 0) return { fx, fy, cx, cy };
  throw new SceneMakerError('pack-corrupt', 'the inference server gives a focal length that is not above 0', {
    given: [fx, fy],
  });
}

function readUp(answer: Record<string, WireTensor>): Vec3 {
  const [x, y, z] = pick(answer, 'up', 'FP32', [3]).data;
  return vec3.normalize([x, y, z], [0, -1, 0]);
}
