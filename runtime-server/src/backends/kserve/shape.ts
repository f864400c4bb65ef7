/**
 * A mesh from a server, an image-to-3D model such as Step1X-3D, SAM 3D or TRELLIS.
 *
 *   object UINT8 [S, S, 4]: the whole object, with its coverage
 *   seed INT32 [1]
 *   ─►
 *   vertices FP32 [V, 3]: y up, z towards the viewer of the picture, in any unit
 *   faces INT32 [F, 3]: counter-clockwise seen from outside
 *   colors UINT8 [V, 3]: sRGB; optional
 */
import { type Mesh, SceneMakerError } from '@scenemaker/sdk';
import type { ModelPack } from '../../models/index.js';
import { finishForeignShape } from '../../stages/foreign-shape.js';
import type { ShapeInput, ShapeOutput, Stage, StageContext } from '../../stages/stage.js';
import { RemoteModel } from './client.js';
import * as tensors from './tensors.js';
import { pick, type WireTensor } from './wire.js';

export async function shape(pack: ModelPack): Promise<Stage<ShapeInput, ShapeOutput>> {
  const model = await RemoteModel.open(pack, 'shape');
  return {
    name: 'shape',
    async run(input: ShapeInput, { seed }: StageContext): Promise<ShapeOutput> {
      const answer = await model.infer({
        object: tensors.pictureWithAlpha(input.object),
        seed: tensors.integers([seed], 1),
      });
      return finishForeignShape(readMesh(answer), input);
    },
    dispose: async () => {},
  };
}

function readMesh(answer: Record<string, WireTensor>): Mesh {
  const vertices = pick(answer, 'vertices', 'FP32', [-1, 3]);
  const count = vertices.shape[0];
  const indices = Uint32Array.from(pick(answer, 'faces', 'INT32', [-1, 3]).data);
  const beyond = indices.find((index) => index >= count);
  if (beyond !== undefined) {
    throw new SceneMakerError('pack-corrupt', `the inference server gives a face with vertex ${beyond} of ${count}`, {
      given: beyond,
      allowed: count - 1,
    });
  }
  const mesh = { positions: vertices.data, indices };
  if (answer['colors'] === undefined) return mesh;
  const { data } = pick(answer, 'colors', 'UINT8', [count, 3]);
  const colors = Uint8Array.from({ length: 4 * count }, (_, i) => (i % 4 === 3 ? 255 : data[3 * (i >> 2) + (i % 4)]));
  return { ...mesh, colors };
}
