/**
 * Poses from a server, of all objects at once.
 *
 *   image UINT8 [H, W, 3]; intrinsics FP32 [4]: fx, fy, cx, cy in pixels
 *   up FP32 [3]: against gravity, camera frame (x right, y down, z forward)
 *   masks UINT8 [N, H, W]
 *   vertices FP32 [V, 3], faces INT32 [F, 3]: the meshes in canonical space (longest side 1, box centred, y up) one after
 *     the other, faces with numbers of their own mesh's vertices; vertex_counts, face_counts INT32 [N]
 *   points FP32 [P, 3], point_counts INT32 [N]: what is seen of each object, camera frame
 *   seed INT32 [1]
 *   ─►
 *   rotations FP32 [N, 4]: quaternions x, y, z, w; translations FP32 [N, 3]; sizes FP32 [N]: from canonical space to the
 *     upright camera frame (origin at the camera, y against gravity, the optical axis without its pitch is -z), in the
 *     units of the points
 *   scores FP32 [N]: 0 to 1
 */
import { quat } from '@scenemaker/sdk';
import type { ModelPack } from '../../models/index.js';
import type { PoseInput, PoseOutput, Stage, StageContext } from '../../stages/stage.js';
import { RemoteModel } from './client.js';
import * as tensors from './tensors.js';
import { pick, type WireTensor } from './wire.js';

export async function pose(pack: ModelPack): Promise<Stage<PoseInput, PoseOutput>> {
  const model = await RemoteModel.open(pack, 'pose');
  return {
    name: 'pose',
    async run(input: PoseInput, { seed }: StageContext): Promise<PoseOutput> {
      const count = input.objects.length;
      if (count === 0) return [];
      const answer = await model.infer({ ...poseTensors(input), seed: tensors.integers([seed], 1) });
      const rotations = pick(answer, 'rotations', 'FP32', [count, 4]).data;
      const translations = pick(answer, 'translations', 'FP32', [count, 3]).data;
      const sizes = pick(answer, 'sizes', 'FP32', [count]).data;
      const scores = pick(answer, 'scores', 'FP32', [count]).data;
      return input.objects.map((_, i) => {
        const [x, y, z, w] = rotations.subarray(4 * i);
        const [tx, ty, tz] = translations.subarray(3 * i);
        const found = { rotation: quat.normalize([x, y, z, w]), translation: [tx, ty, tz] as const, size: sizes[i] };
        return { pose: found, score: scores[i] };
      });
    },
    dispose: async () => {},
  };
}

function poseTensors({ picture, intrinsics, up, objects }: PoseInput): Record<string, WireTensor> {
  const joined = (parts: readonly ArrayLike<number>[]): number[] => parts.flatMap((part) => Array.from(part));
  const vertices = joined(objects.map(({ mesh }) => mesh.positions));
  const faces = joined(objects.map(({ mesh }) => mesh.indices));
  const points = joined(objects.map((object) => object.points));
  const counts = (of: (object: PoseInput['objects'][number]) => number): WireTensor =>
    tensors.integers(objects.map(of), objects.length);
  return {
    image: tensors.picture(picture),
    intrinsics: tensors.intrinsics(intrinsics),
    up: tensors.floats(up, 3),
    masks: tensors.masks(objects.map(({ mask }) => mask), picture), // prettier-ignore
    vertices: tensors.floats(vertices, vertices.length / 3, 3),
    faces: tensors.integers(faces, faces.length / 3, 3),
    vertex_counts: counts(({ mesh }) => mesh.positions.length / 3),
    face_counts: counts(({ mesh }) => mesh.indices.length / 3),
    points: tensors.floats(points, points.length / 3, 3),
    point_counts: counts((object) => object.points.length / 3),
  };
}
