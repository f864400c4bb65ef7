/**
 * The frames that distances between clouds are measured in.
 *
 * MIDI-3D measures scenes in the frame its data set is normalised to, where a scene fills a cube from -1 to 1.
 * Here that frame is the true scene's own: one shift and one factor bring its bounding box's middle to the
 * origin and its longest side to 2. What is compared with it goes through the same shift and factor, so that
 * an error of place or size stays one. Axes: those of the points, which must stand upright for boxes to mean
 * what they do in MIDI-3D.
 *
 * Objects by themselves are brought from -0.95 to 0.95 along each axis, each by its own box, so that the
 * shape alone is compared; the proportions of the sides are lost, as in MIDI-3D.
 */
import type { Vec3 } from '@scenemaker/sdk';
import { cloudBox } from './boxes.js';

const OBJECT_REACH = 0.95;

/** Maps points as `factor * (p - centre)`, axis by axis. */
export interface Normalisation {
  centre: Vec3;
  factor: Vec3;
}

/** The true scene's frame. */
export function sceneFrame(points: Float32Array): Normalisation {
  const { min, max } = cloudBox(points);
  const longest = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  const factor = longest > 0 ? 2 / longest : 1;
  return { centre: middle(min, max), factor: [factor, factor, factor] };
}

/** One object's frame; an axis along which it has no extent is only shifted. */
export function objectFrame(points: Float32Array): Normalisation {
  const { min, max } = cloudBox(points);
  const along = (axis: number): number => {
    const side = max[axis] - min[axis];
    return side > 1e-9 ? (2 * OBJECT_REACH) / side : 1;
  };
  return { centre: middle(min, max), factor: [along(0), along(1), along(2)] };
}

export function applyNormalisation(points: Float32Array, { centre, factor }: Normalisation): Float32Array {
  const result = new Float32Array(points.length);
  for (let i = 0; i < points.length; i++) result[i] = (points[i] - centre[i % 3]) * factor[i % 3];
  return result;
}

const middle = (min: Vec3, max: Vec3): Vec3 => [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
