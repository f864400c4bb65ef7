/**
 * The metrics of placed objects (CD-S, F-Score-S, CD-O, F-Score-O, IoU-B and what those hide); METRICS.md has
 * the definitions.
 *
 * All clouds are brought to the upright camera frame of the true gravity (y against gravity, z towards the
 * viewer), so that boxes stand upright whatever the camera's pitch.
 */
import { type Mesh, quat, sampleSurface } from '@scenemaker/sdk';
import { rotatePoints, uprightFromCamera } from '../stages/upright.js';
import { boxIou, cloudBox } from './metrics/boxes.js';
import { type CloudScore, scoreClouds } from './metrics/clouds.js';
import { applyNormalisation, objectFrame, sceneFrame } from './metrics/normalise.js';
import { PointTree } from './metrics/point-tree.js';
import { invertMotion, movePoints, NO_MOTION, registerClouds, type RigidMotion } from './metrics/registration.js';
import { rotationError } from './metrics/symmetry.js';
import { type PlacedObject, type PlacedScene, posedPositions, silhouetteIous } from './placed.js';
import type { Row } from './scores.js';
import type { TrueObject, TrueScene } from './truth.js';

/** What stands for a cloud of which nothing was made: one point in the middle of the frame. */
const NOTHING = new Float32Array(3);

/** Points of the estimate that are matched while it is registered; it is scored by all. */
const REGISTERED_POINTS = 5120;

export interface SceneScore {
  scene: Row;
  /** By the index of the true object. */
  objects: Row[];
  /** Clouds as they lie, without registration. */
  sceneWithoutIcp: Row;
  objectsWithoutIcp: Row[];
}

export interface ScoreOptions {
  /** Surface points of each object. */
  points: number;
  /** Whether the meshes are the true ones, so that rotations can be compared. */
  rotations?: boolean;
}

export function scoreScene(placed: PlacedScene, scene: TrueScene, { points, rotations }: ScoreOptions): SceneScore {
  const upright = uprightFromCamera(scene.up);
  const cloudOf = (surface: Float32Array, pose: PlacedObject['pose']): Float32Array =>
    rotatePoints(upright, posedPositions(surface, pose));
  const truth = scene.objects.map(({ shape, pose }) => cloudOf(shape.surface, pose));
  const made = placed.objects.map((object) => object && cloudOf(samplesOf(object.mesh, points), object.pose));
  const others = placed.others.map((object) => cloudOf(samplesOf(object.mesh, points), object.pose));

  const whole = concatenate(truth);
  const frame = sceneFrame(whole);
  const everything = concatenate([...made.filter((cloud) => cloud !== undefined), ...others]);
  const inFrame = everything.length === 0 ? NOTHING : applyNormalisation(everything, frame);
  const ofScene = compare(inFrame, applyNormalisation(whole, frame));
  const silhouettes = silhouetteIous(placed, scene);
  const objects = scene.objects.map((object, index) => {
    const cloud = made[index];
    const shapes = compareShapes(cloud, truth[index]);
    const row: Row = {
      cdO: shapes.registered.cd,
      fScoreO: shapes.registered.fScore,
      iouB: cloud === undefined ? 0 : boxIou(cloudBox(cloud), cloudBox(truth[index])),
      silhouetteIou: silhouettes[index],
      ...errorsOf(placed.objects[index], object, cloud, truth[index], rotations === true),
    };
    return { row, plain: { cdO: shapes.plain.cd, fScoreO: shapes.plain.fScore } };
  });
  return {
    scene: { cdS: ofScene.registered.cd, fScoreS: ofScene.registered.fScore },
    sceneWithoutIcp: { cdS: ofScene.plain.cd, fScoreS: ofScene.plain.fScore },
    objects: objects.map(({ row }) => row),
    objectsWithoutIcp: objects.map(({ plain }) => plain),
  };
}

export interface Compared {
  registered: CloudScore;
  plain: CloudScore;
  /** What brought the estimate onto the truth. */
  motion: RigidMotion;
}

/** Two clouds before and after the first is registered to the second. */
export function compare(estimate: Float32Array, truth: Float32Array): Compared {
  const [a, b] = [new PointTree(estimate), new PointTree(truth)];
  // Nothing stays where it is: one point could always be brought onto a surface.
  if (estimate === NOTHING) return { registered: scoreClouds(a, b), plain: scoreClouds(a, b), motion: NO_MOTION };
  const { motion } = registerClouds(a, b, { points: REGISTERED_POINTS });
  const aligned = { moved: movePoints(a.points, motion), back: movePoints(b.points, invertMotion(motion)) };
  return { registered: scoreClouds(a, b, aligned), plain: scoreClouds(a, b), motion };
}

/** Each brought to its own box first. Nothing counts as one point in the middle. */
export function compareShapes(estimate: Float32Array | undefined, truth: Float32Array): Compared {
  const wanted = applyNormalisation(truth, objectFrame(truth));
  return compare(
    estimate === undefined || estimate.length === 0 ? NOTHING : applyNormalisation(estimate, objectFrame(estimate)),
    wanted,
  );
}

/** Of what was placed: nothing has neither size nor rotation. */
function errorsOf(
  placed: PlacedObject | undefined,
  { pose, shape }: TrueObject,
  cloud: Float32Array | undefined,
  truth: Float32Array,
  rotations: boolean,
): Row {
  if (placed === undefined || cloud === undefined || cloud.length === 0) return {};
  return {
    sizeError: Math.abs(spread(cloud) / spread(truth) - 1),
    ...(rotations && {
      rotationDeg: rotationError(quat.normalize(placed.pose.rotation), pose.rotation, shape.symmetries()),
    }),
  };
}

/** Root of the mean squared distance from the mean: a size that no rotation changes. */
function spread(points: Float32Array): number {
  const count = points.length / 3;
  const mean = [0, 0, 0];
  for (let i = 0; i < points.length; i++) mean[i % 3] += points[i] / count;
  let sum = 0;
  for (let i = 0; i < points.length; i++) sum += (points[i] - mean[i % 3]) ** 2;
  return Math.sqrt(sum / count);
}

/** Other points than those of the true surfaces, so that a true mesh is not compared with itself point by point. */
export const samplesOf = (mesh: Mesh, points: number): Float32Array => sampleSurface(mesh, points, 12).points;

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    result.set(part, position);
    position += part.length;
  }
  return result;
}
