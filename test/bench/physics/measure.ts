/** One scene treated in three ways - nothing, Havok alone, `settleScene` - and judged by an engine that made none of them. */
import { vec3 } from '@scenemaker/sdk/geometry';
import { createSilhouettes, type PhysicsEngine, refereeScene, settle } from '@scenemaker/sdk/physics';
import type { Pose, SceneDescription } from '@scenemaker/sdk/scene';
import { createBody } from '../../../sdk/src/physics/collide/body.js';
import { prepareScene } from '../../../sdk/src/physics/prepare.js';
import { settleWith } from '../../../sdk/src/physics/settle-scene.js';

export const WAYS = ['nothing', 'Havok alone', 'SceneMaker'] as const;
export type Way = (typeof WAYS)[number];

export interface ObjectRecord {
  stable: boolean;
  phyRecon: boolean;
  sceneSmith: boolean;
  /** Against the mask; null where there is none. */
  silhouetteIou: number | null;
  /** Of its middle, over its true size; null where the truth is not known. */
  toTruth: number | null;
}

export interface SceneRecord {
  name: string;
  /** Processor time of `settleScene`. */
  seconds: number;
  /** Whether the referee agrees with the scene's own verdict. */
  isAgreed: boolean;
  ways: Record<Way, { penetrationMeters: number; objects: ObjectRecord[] }>;
  /** By grounding and separation, over size: how far, how far across the line of sight, and the way to the truth before. */
  moved: { total: number; across: number; toTruthBefore: number | null }[];
}

export function measureScene(
  name: string,
  scene: SceneDescription,
  { havok, referee }: { havok: PhysicsEngine; referee: PhysicsEngine },
  truth?: SceneDescription,
): SceneRecord {
  const begin = process.cpuUsage();
  const settled = settleWith(havok, scene);
  const { user, system } = process.cpuUsage(begin);
  const made: Record<Way, SceneDescription> = {
    ...untreated(scene, havok),
    SceneMaker: settled,
  };
  let isAgreed = false;
  const judge = (way: Way) => {
    const verdict = refereeScene(made[way], referee);
    // Of its own meshes: what lies below the ground may have been cut off.
    const silhouettes = createSilhouettes(made[way]);
    if (way === 'SceneMaker') isAgreed = verdict.verdict === settled.physics?.verdict;
    return {
      penetrationMeters: Math.max(0, ...verdict.objects.map(({ penetrationMeters }) => penetrationMeters)),
      objects: verdict.objects.map(({ movedMeters, turnedDegrees, byOthers }, i): ObjectRecord => {
        const { pose } = made[way].objects[i];
        return {
          stable: movedMeters < 0.01 && turnedDegrees < 3,
          ...byOthers,
          silhouetteIou: silhouettes[i]?.iou(pose) ?? null,
          toTruth: truth ? distanceOverSize(pose, truth.objects[i].pose) : null,
        };
      }),
    };
  };
  const ways = { nothing: judge('nothing'), 'Havok alone': judge('Havok alone'), SceneMaker: judge('SceneMaker') };
  const [camera] = scene.cameras;
  const moved = (settled.physics?.objects ?? []).map(({ movedMeters }, i) => {
    const { pose } = settled.objects[i];
    const from = scene.objects[i].pose.translation;
    const way = vec3.sub(pose.translation, from);
    const ray = vec3.normalize(vec3.sub(from, camera.cameraToWorld.translation));
    return {
      total: movedMeters / pose.size,
      across: vec3.length(vec3.cross(way, ray)) / pose.size,
      toTruthBefore: truth ? distanceOverSize(scene.objects[i].pose, truth.objects[i].pose) : null,
    };
  });
  return { name, seconds: (user + system) / 1e6, isAgreed, ways, moved };
}

const distanceOverSize = (pose: Pose, truth: Pose): number =>
  vec3.distance(pose.translation, truth.translation) / truth.size;

/** As estimated, with colliders and masses; and the same after Havok has had four seconds with it. */
function untreated(
  scene: SceneDescription,
  havok: PhysicsEngine,
): Pick<Record<Way, SceneDescription>, 'nothing' | 'Havok alone'> {
  const { objects, ground } = prepareScene(scene);
  const nothing = { ...scene, ground, objects };
  const bodies = objects.map(({ id, colliders, pose, properties }) => ({
    body: createBody(id, colliders, pose),
    properties,
  }));
  const { transforms } = settle(havok, bodies, ground, { maxSeconds: 4 });
  const fallen = objects.map((object, i) => ({ ...object, pose: { ...transforms[i], size: object.pose.size } }));
  return { nothing, 'Havok alone': { ...nothing, objects: fallen } };
}
