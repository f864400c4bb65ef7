/** Objects placed in a scene, and where the input camera sees them. */
import { mat3, type Mesh, type Pose, transformPositions, type Vec3, vec3 } from '@scenemaker/sdk';
import { rasteriseDepth } from '@scenemaker/sdk/render';
import type { Intrinsics } from '../stages/stage.js';
import { median } from '../stages/order.js';
import { turnPose, uprightFromCamera } from '../stages/upright.js';
import type { TrueScene } from './truth.js';

export interface PlacedObject {
  mesh: Mesh;
  /** Canonical space to the camera frame. */
  pose: Pose;
}

export interface PlacedScene {
  /** What was made of each true object, by its index; undefined where nothing was. */
  objects: (PlacedObject | undefined)[];
  /** What belongs to no true object. */
  others: PlacedObject[];
  /** Of the camera it was made with. */
  intrinsics: Intrinsics;
}

/** From the upright camera frame, where the pose stage answers, to the camera frame. */
export const cameraPose = (pose: Pose, up: Vec3): Pose => turnPose(pose, mat3.transpose(uprightFromCamera(up)));

export const posedPositions = (positions: Float32Array, { rotation, translation, size }: Pose): Float32Array =>
  transformPositions(positions, rotation, translation, size);

/**
 * A scene made from a picture alone is known up to scale, as its depth is: every distance from the camera is
 * multiplied by one factor, which leaves its picture as it is. The factor is the median, over the visible
 * pixels of the true objects, of the true depth over that of what was made of the object.
 */
export function alignScale(placed: PlacedScene, scene: TrueScene): PlacedScene {
  const { width, height } = scene.picture;
  const ratios: number[] = [];
  placed.objects.forEach((object, index) => {
    if (object === undefined) return;
    const drawn = drawDepth(object, placed.intrinsics, width, height);
    const { data } = scene.objects[index].mask;
    for (let i = 0; i < data.length; i++) {
      if (data[i] !== 0 && scene.depth[i] > 0 && drawn[i] < Infinity) ratios.push(scene.depth[i] / drawn[i]);
    }
  });
  const factor = median(Float32Array.from(ratios)) ?? distanceRatio(placed, scene);
  const scaled = ({ mesh, pose }: PlacedObject): PlacedObject => ({
    mesh,
    pose: { ...pose, translation: vec3.scale(pose.translation, factor), size: pose.size * factor },
  });
  return {
    ...placed,
    objects: placed.objects.map((object) => object && scaled(object)),
    others: placed.others.map(scaled),
  };
}

/** Where nothing made is seen on its own object: mean distances from the camera are compared. */
function distanceRatio({ objects, others }: PlacedScene, scene: TrueScene): number {
  const distance = (list: readonly { pose: Pose }[]): number =>
    list.reduce((sum, { pose }) => sum + vec3.length(pose.translation), 0) / list.length;
  const ratio = distance(scene.objects) / distance([...objects.filter((object) => object !== undefined), ...others]);
  return ratio > 0 && ratio < Infinity ? ratio : 1;
}

/**
 * For each true object, how well what was made of it covers the object's visible pixels, seen from the input
 * camera with the other objects in place: overlap over union; 0 where nothing was made.
 */
export function silhouetteIous({ objects, others, intrinsics }: PlacedScene, scene: TrueScene): number[] {
  const { width, height } = scene.picture;
  const nearest = new Float32Array(width * height).fill(Infinity);
  const owner = new Int16Array(width * height).fill(-1);
  [...objects, ...others].forEach((object, index) => {
    if (object === undefined) return;
    const drawn = drawDepth(object, intrinsics, width, height);
    for (let i = 0; i < drawn.length; i++) {
      if (drawn[i] >= nearest[i]) continue;
      nearest[i] = drawn[i];
      owner[i] = index;
    }
  });
  return scene.objects.map(({ mask }, index) => {
    let [overlap, union] = [0, 0];
    for (let i = 0; i < owner.length; i++) {
      const drawn = owner[i] === index ? 1 : 0;
      overlap += drawn & mask.data[i];
      union += drawn | mask.data[i];
    }
    return union === 0 ? 0 : overlap / union;
  });
}

const drawDepth = ({ mesh, pose }: PlacedObject, camera: Intrinsics, width: number, height: number): Float32Array =>
  rasteriseDepth(
    { positions: posedPositions(mesh.positions, pose), indices: mesh.indices },
    { ...camera, width, height },
  );
