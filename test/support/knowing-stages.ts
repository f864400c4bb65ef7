/** A pipeline whose stages know the truth about a synthetic scene: a mug and a box on the ground. */
import { boxMesh, type Mesh, type Pose, type SceneDescription } from '@scenemaker/sdk';
import sharp from 'sharp';
import { assemblePipeline } from '../../runtime-server/src/pipeline.js';
import type { PipelineHooks, PipelineRequest } from '../../runtime-server/src/pipeline-types.js';
import { maskBox } from '../../runtime-server/src/stages/mask-ops.js';
import type { Segment, Stage, StageName, Stages } from '../../runtime-server/src/stages/stage.js';
import { drawScene, standing, type SyntheticScene } from './synthetic-scene.js';

export const mug = { mesh: boxMesh(0.4, 0.5, 0.4), pose: standing(-0.3, -1.7, 0.5, 0.3, 0.2) };
export const box = { mesh: boxMesh(0.5, 0.3, 0.2), pose: standing(0.3, -1.9, 0.3, 0.5, -0.4) };
export const OPTIONS = { seed: 3, quality: 'standard', maxObjects: 16, textureSize: 0, maxTriangles: 5000 } as const;

export const stage = <I, O>(name: StageName, run: (input: I) => O): Stage<I, O> => ({
  name,
  run: async (input, { onProgress }) => {
    onProgress?.(0.5);
    return run(input);
  },
  dispose: async () => {},
});

/** Stages that know the truth about a synthetic scene. */
export function knowing(
  scene: SyntheticScene,
  truths: { mesh: Mesh; pose: Pose }[],
  change: Partial<Stages> = {},
): Stages {
  const labels = ['mug', 'thing'];
  const segments: Segment[] = scene.masks.map((mask, i) => ({ mask, label: labels[i], score: 0.9 }));
  return {
    segment: stage('segment', ({ hints = [] }) =>
      hints.length === 0
        ? segments
        : hints.flatMap((hint, i) =>
            hint.mask ? [{ mask: hint.mask, label: hint.words ?? 'object', score: 1, hint: i }] : [],
          ),
    ),
    depth: stage('depth', () => ({ depth: scene.depth, intrinsics: scene.intrinsics, up: scene.up })),
    deocclude: stage('deocclude', ({ visible }) => {
      const found = maskBox(visible);
      if (found === undefined) throw new Error('empty mask');
      const side = Math.max(found.x1 - found.x0, found.y1 - found.y0) * 1.2;
      const window = { x: (found.x0 + found.x1 - side) / 2, y: (found.y0 + found.y1 - side) / 2, side };
      const object = { width: 32, height: 32, data: new Uint8Array(32 * 32 * 4).fill(255) };
      return { object, window, before: object, confidence: 1 };
    }),
    shape: stage('shape', ({ points }) => {
      const [x] = points;
      const { mesh, pose } = truths[x < 0 ? 0 : 1];
      return { mesh, score: 0.8, place: { ...pose, size: 2 * pose.size } };
    }),
    pose: stage('pose', ({ objects }) =>
      objects.map(({ mesh }) => ({
        pose: truths.find((truth) => truth.mesh === mesh)?.pose ?? truths[0].pose,
        score: 0.7,
      })),
    ),
    ...change,
  };
}

export const size = 128;
export const picture = await sharp({ create: { width: size, height: size, channels: 3, background: '#a08060' } })
  .png()
  .toBuffer();
export const scene = drawScene([mug, box], { size });

export async function run(
  stages: Stages,
  request: Partial<PipelineRequest> = {},
  hooks: PipelineHooks = {},
): Promise<SceneDescription> {
  return assemblePipeline(stages, 'fake@1.0.0').run({ picture, options: OPTIONS, ...request }, hooks);
}
