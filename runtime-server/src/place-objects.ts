/**
 * From meshes to a scene: the pose of every object, the picture on it as a texture, and the world that all are put into.
 * A texture is made as soon as the pose of its object is known.
 */
import {
  type Camera,
  type Mesh,
  type Pose,
  quat,
  type SceneDescription,
  type SceneObject,
  vec3,
} from '@scenemaker/sdk';
import { defaultProperties, groundSquare } from './compose.js';
import type { Draft } from './make-shapes.js';
import { scaleIntrinsics } from './pipeline-input.js';
import { EFFORT, fullMask, type Job } from './pipeline-job.js';
import { groundColor, type Layout } from './scene-layout.js';
import { worldOf } from './scene-world.js';
import type { PoseEstimate } from './stages/stage.js';
import { uprightFromCamera } from './stages/upright.js';

export interface PlacedObjects {
  estimates: PoseEstimate[];
  /** Of each object, with its texture if it has one. */
  meshes: Promise<Mesh>[];
}

export async function placeObjects(job: Job, drafts: readonly Draft[], layout: Layout): Promise<PlacedObjects> {
  const { input, stages, request, report, compute } = job;
  const { seed, quality } = request.options;
  const { intrinsics, up } = layout;
  const meshes: Promise<Mesh>[] = [];
  const draw = (index: number, { pose }: PoseEstimate): void => {
    meshes[index] ??= texture(job, drafts[index], pose, layout);
    meshes[index].catch(() => {}); // Thrown where it is waited for.
  };
  const objects = drafts.map(({ segment: { mask }, points, shape: { mesh, geometry } }) => ({
    mesh,
    mask,
    points,
    ...(geometry && { geometry }),
  }));
  const estimates = await report.timed('pose', async (context) =>
    stages.pose.run(
      { picture: input.picture, intrinsics, up, objects, onEstimate: draw },
      { seed, effort: EFFORT[quality], compute, ...context },
    ),
  );
  for (const [index, estimate] of estimates.entries()) draw(index, estimate);
  return { estimates, meshes };
}

/** Without provenance. */
export async function composeScene(
  job: Job,
  drafts: readonly Draft[],
  layout: Layout,
  { estimates, meshes }: PlacedObjects,
): Promise<Omit<SceneDescription, 'provenance'>> {
  const { input, request, report } = job;
  return report.timed('compose', async ({ onProgress }) => {
    const bodies = drafts.map(({ segment, shape: { mesh } }, i) => ({ segment, mesh, pose: estimates[i].pose }));
    const world = worldOf(layout, bodies, request);
    const { metersPerUnit, scale } = world;
    const poses = bodies.map(({ pose }) => world.place(pose));
    if (request.cameraHeightMeters !== undefined && scale.source === 'estimated') {
      report.warn('the height of the camera gives no scale, since no ground was found');
    }
    const objects: SceneObject[] = [];
    for (const [i, { id, segment, shape, confidence, visibleFraction, mass }] of drafts.entries()) {
      const pose = poses[i];
      const object: SceneObject = {
        id,
        label: segment.label,
        scores: { mask: segment.score, deocclusion: confidence, shape: shape.score, pose: estimates[i].score },
        visibleFraction,
        mask: fullMask(segment.mask, input),
        mesh: await meshes[i],
        pose,
        properties: defaultProperties(await mass, pose.size),
        colliders: [],
        restsOn: null,
      };
      report.object(object);
      objects.push(object);
      onProgress((i + 1) / drafts.length);
    }
    const distance = metersPerUnit * Math.hypot(...layout.lookAt);
    return {
      version: 1,
      cameras: [cameraOf(job, layout, world.cameraToWorld)],
      scale,
      ground: {
        height: world.groundHeight,
        ...groundSquare(poses, { center: world.cameraToWorld.translation, distance }),
        color: groundColor(layout, input.picture),
        friction: 0.6,
        confidence: layout.ground?.confidence ?? 0,
      },
      objects,
    };
  });
}

/** That of the given picture. */
function cameraOf(
  { input }: Pick<Job, 'input'>,
  { intrinsics }: Layout,
  cameraToWorld: Camera['cameraToWorld'],
): Camera {
  const { picture, fullWidth, fullHeight, intrinsicsFrom } = input;
  return {
    width: fullWidth,
    height: fullHeight,
    ...scaleIntrinsics(intrinsics, fullWidth / picture.width, fullHeight / picture.height),
    intrinsicsFrom,
    cameraToWorld,
  };
}

/** The mesh with its texture, if it is to have one; the coloured mesh where none can be made. `pose`: upright camera frame. */
async function texture(
  job: Job,
  { id, segment: { mask }, shape: { mesh }, charts }: Draft,
  pose: Pose,
  layout: Layout,
): Promise<Mesh> {
  const { compute, request, input, report } = job;
  const side = request.options.textureSize;
  if (side === 0) return mesh;
  // What the picture shows of an object does not depend on the world that it is put into.
  const camera = cameraOf(job, layout, {
    rotation: quat.fromMat3(uprightFromCamera(layout.up)),
    translation: vec3.ZERO,
  });
  try {
    const { fullPicture: picture } = input;
    return await compute.textureMesh({ mesh, charts: await charts, pose, camera, picture, mask }, side);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report.warn(`${id} has no texture: ${error.message}`);
    return mesh;
  }
}
