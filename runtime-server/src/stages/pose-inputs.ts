/** What the pose model reads of a scene: normalised points in groups, pictures and masks. */
import type { Random, Vec3 } from '@scenemaker/sdk';
import { concatenate, type Tensor, tensor, zeros } from '../models/tensor.js';
import { fitLetterbox, letterboxPicture, letterboxPlanes } from './letterbox.js';
import { objectCrops } from './object-crops.js';
import { maskPlane } from './picture-ops.js';
import type { Mask, Picture } from './stage.js';
import { median } from './order.js';

/** Maps the upright frame to the unit space of the scene: p' = (p - centre) / scale. */
export interface SceneSpace {
  centre: Vec3;
  scale: number;
}

/** Side of an object's crop, pixels. */
const CROP_SIDE = 64;

export interface ToldScene {
  picture: Picture;
  masks: readonly Mask[];
  /** Of each object, stride 3, upright frame. */
  points: readonly Float32Array[];
  space: SceneSpace;
}

export interface ToldSceneOptions {
  /** Side of the scene's picture, pixels. */
  pictureSize: number;
  groups: number;
  neighbours: number;
}

/** All that the encoder reads but the meshes. */
export function tellScene(
  { picture, masks, points, space }: ToldScene,
  { pictureSize, groups, neighbours }: ToldSceneOptions,
): Record<'picture' | 'masks' | 'crops' | 'points', Tensor> {
  const grouped = points.map((of) => groupPoints(toSceneSpace(of, space), groups, neighbours));
  return {
    ...scenePictures(picture, masks, pictureSize),
    crops: objectCrops(picture, masks, CROP_SIDE),
    points: concatenate(grouped.map(({ data, shape }) => tensor(data, [1, ...shape]))),
  };
}

/** `count` of the points (stride 3) in random order, none twice; where there are fewer, some again. */
export function drawPoints(points: Float32Array, count: number, random: Random): Float32Array {
  const total = points.length / 3;
  const order = Uint32Array.from({ length: total }, (_, i) => i);
  const drawn = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    if (i < total) {
      const other = i + random.integer(total - i);
      [order[i], order[other]] = [order[other], order[i]];
    }
    const source = 3 * order[i < total ? i : random.integer(total)];
    drawn.set(points.subarray(source, source + 3), 3 * i);
  }
  return drawn;
}

/**
 * Centre: the mean over the objects of each one's median point. Scale: the largest over the objects of the
 * 95 % quantile of the distance to that centre. Points of each object: stride 3, upright frame.
 */
export function sceneSpace(objects: readonly Float32Array[]): SceneSpace {
  const centre: [number, number, number] = [0, 0, 0];
  for (const points of objects) {
    for (let axis = 0; axis < 3; axis++) {
      const values = points.filter((_, i) => i % 3 === axis);
      centre[axis] += (median(values) ?? 0) / objects.length;
    }
  }
  let scale = 0;
  for (const points of objects) {
    const distances = new Float32Array(points.length / 3);
    for (let i = 0; i < distances.length; i++) {
      distances[i] = Math.hypot(
        points[3 * i] - centre[0],
        points[3 * i + 1] - centre[1],
        points[3 * i + 2] - centre[2],
      );
    }
    scale = Math.max(scale, distances.sort()[Math.max(0, Math.floor(0.95 * distances.length) - 1)]);
  }
  return { centre, scale: scale > 0 ? scale : 1 };
}

/**
 * [groups, neighbours, 3]: centres by farthest point sampling from the first point on, each with its
 * nearest points, itself first. `points`: stride 3.
 */
export function groupPoints(points: Float32Array, groups: number, neighbours: number): Tensor {
  const count = points.length / 3;
  const result = zeros([groups, neighbours, 3]);
  const nearest = new Float64Array(count).fill(Infinity);
  const squared = new Float64Array(count);
  const order = new Int32Array(Math.min(neighbours, count));
  let chosen = 0;
  for (let group = 0; group < groups; group++) {
    let farthest = 0;
    for (let i = 0; i < count; i++) {
      squared[i] =
        (points[3 * i] - points[3 * chosen]) ** 2 +
        (points[3 * i + 1] - points[3 * chosen + 1]) ** 2 +
        (points[3 * i + 2] - points[3 * chosen + 2]) ** 2;
      nearest[i] = Math.min(nearest[i], squared[i]);
      if (nearest[i] > nearest[farthest]) farthest = i;
    }
    lowest(squared, order);
    for (let k = 0; k < neighbours; k++) {
      const source = 3 * order[k % order.length];
      result.data.set(points.subarray(source, source + 3), (group * neighbours + k) * 3);
    }
    chosen = farthest;
  }
  return result;
}

/** Fills `order` with the places of the lowest values, these first; of equal ones the first. */
function lowest(values: Float64Array, order: Int32Array): void {
  for (let i = 0; i < values.length; i++) {
    let place = Math.min(i, order.length);
    while (place > 0 && values[order[place - 1]] > values[i]) place--;
    if (place === order.length) continue;
    order.copyWithin(place + 1, place);
    order[place] = i;
  }
}

/** Stride-3 points of the upright frame in the unit space of the scene. */
export function toSceneSpace(points: Float32Array, { centre, scale }: SceneSpace): Float32Array {
  return points.map((value, i) => (value - centre[i % 3]) / scale);
}

/** The scene's picture [1, 3, Q, Q] and every object's mask [N, 1, Q, Q], 0 to 1. */
export function scenePictures(
  picture: Picture,
  masks: readonly Mask[],
  size: number,
): { picture: Tensor; masks: Tensor } {
  const box = fitLetterbox(picture, size, { multiple: 16, square: true });
  return {
    picture: letterboxPicture(picture, box),
    masks: concatenate(masks.map((mask) => letterboxPlanes(maskPlane(mask), box, 0))),
  };
}
