/**
 * Table `pipeline`: whole scenes from the picture alone. `pipelineWithDepth`: depth and intrinsics given;
 * `pipelineWithMasksAndDepth`: the objects' masks too. Each also by visible fraction, without ICP, and settled.
 *
 * A made object belongs to the true one whose mask its own overlaps most (at least IoU 0.25, one to one). What
 * belongs to none still counts in the scene's cloud.
 */
import { GENERATE_OPTIONS_DEFAULTS, mat3, quat, type SceneDescription, type SceneObject, vec3 } from '@scenemaker/sdk';
import { settleScene } from '@scenemaker/sdk/physics';
import type { Pipeline, PipelinePreview, PipelineRequest } from '../../pipeline-types.js';
import { decodeMask, encodeMask, maskIou } from '../../stages/mask-ops.js';
import { visibleBand } from '../bands.js';
import { alignScale, type PlacedObject, type PlacedScene } from '../placed.js';
import { scoreScene } from '../score-scene.js';
import type { PipelineTable, Scores } from '../scores.js';
import type { TrueScene } from '../truth.js';

const LEAST_IOU = 0.25;

export interface PipelineBench {
  pipeline: Pipeline;
  scores: Scores;
  points: number;
  seed: number;
  onFailure: (message: string) => void;
}

/** What the picture alone gave. */
export interface PipelineResult {
  scene: SceneDescription;
  depth?: Extract<PipelinePreview, { kind: 'depth' }>['depth'];
  fScoreS: number;
}

export async function evaluatePipeline(scene: TrueScene, bench: PipelineBench): Promise<PipelineResult> {
  const { width, height } = scene.picture;
  const withDepth = { depth: { width, height, data: scene.depth }, intrinsics: scene.intrinsics };
  const objects = scene.objects.map(({ mask }) => ({ mask: encodeMask(mask) }));
  const alone = await evaluateRequest('pipeline', scene, {}, bench);
  await evaluateRequest('pipelineWithDepth', scene, withDepth, bench);
  await evaluateRequest('pipelineWithMasksAndDepth', scene, { ...withDepth, objects }, bench);
  return alone;
}

async function evaluateRequest(
  table: PipelineTable,
  truth: TrueScene,
  given: Pick<PipelineRequest, 'depth' | 'intrinsics' | 'objects'>,
  { pipeline, scores, points, seed, onFailure }: PipelineBench,
): Promise<PipelineResult> {
  let depth: PipelineResult['depth'];
  const options = { ...GENERATE_OPTIONS_DEFAULTS, seed };
  const scene = await pipeline.run(
    { picture: truth.bytes, ...given, options },
    {
      onPreview: (preview) => {
        if (preview.kind === 'depth') depth = preview.depth;
      },
      onWarning: ({ message }) => onFailure(`${truth.name}, ${table}: ${message}`),
    },
  );
  // Without a measured depth the scene is known up to scale.
  const compare = (made: SceneDescription) => {
    const placed = matchObjects(made, truth);
    return scoreScene(given.depth === undefined ? alignScale(placed, truth) : placed, truth, { points });
  };
  const score = compare(scene);
  scores.add(table, truth.index, score.scene);
  scores.add(`${table}WithoutIcp`, truth.index, score.sceneWithoutIcp);
  for (const [index, row] of score.objects.entries()) {
    scores.add(table, truth.index, row);
    scores.add(`${table}WithoutIcp`, truth.index, score.objectsWithoutIcp[index]);
    const band = visibleBand(table, truth.objects[index]);
    if (band !== undefined) scores.add(band, truth.index, row);
  }
  const settled = compare(await settleScene(scene));
  for (const row of [settled.scene, ...settled.objects]) scores.add(`${table}Settled`, truth.index, row);
  return { scene, ...(depth && { depth }), fScoreS: score.scene.fScoreS ?? 0 };
}

/** Who belongs to whom, and all of it in the camera frame. */
function matchObjects(scene: SceneDescription, truth: TrueScene): PlacedScene {
  const [camera] = scene.cameras;
  const masks = scene.objects.map(({ mask }) => decodeMask(mask));
  const pairs = masks.flatMap((mask, made) =>
    truth.objects.map((object, wanted) => ({ made, wanted, iou: maskIou(mask, object.mask) })),
  );
  const partner = new Map<number, number>();
  const taken = new Set<number>();
  for (const { made, wanted, iou } of pairs.sort((a, b) => b.iou - a.iou)) {
    if (iou < LEAST_IOU || taken.has(made) || partner.has(wanted)) continue;
    partner.set(wanted, made);
    taken.add(made);
  }
  const placed = scene.objects.map((object) => inCamera(object, camera));
  return {
    objects: truth.objects.map((_, wanted) => {
      const made = partner.get(wanted);
      return made === undefined ? undefined : placed[made];
    }),
    others: placed.filter((_, made) => !taken.has(made)),
    intrinsics: camera,
  };
}

function inCamera({ mesh, pose }: SceneObject, { cameraToWorld }: SceneDescription['cameras'][number]): PlacedObject {
  const toCamera = quat.conjugate(cameraToWorld.rotation);
  const offset = vec3.sub(pose.translation, cameraToWorld.translation);
  return {
    mesh,
    pose: {
      rotation: quat.multiply(toCamera, pose.rotation),
      translation: mat3.apply(quat.toMat3(toCamera), offset),
      size: pose.size,
    },
  };
}
