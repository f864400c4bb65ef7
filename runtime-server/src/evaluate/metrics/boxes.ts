/** Axis-aligned boxes of clouds, and their overlap (IoU-B). */
import type { Box3 } from '@scenemaker/sdk';

/** The box around stride-3 points. */
export function cloudBox(points: Float32Array): Box3 {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    const axis = i % 3;
    if (points[i] < min[axis]) min[axis] = points[i];
    if (points[i] > max[axis]) max[axis] = points[i];
  }
  return { min, max };
}

/** Overlap over union of the volumes, 0 to 1; 0 for boxes that only touch, and for flat ones. */
export function boxIou(a: Box3, b: Box3): number {
  let overlap = 1;
  for (let axis = 0; axis < 3; axis++) {
    overlap *= Math.max(0, Math.min(a.max[axis], b.max[axis]) - Math.max(a.min[axis], b.min[axis]));
  }
  const union = boxVolume(a) + boxVolume(b) - overlap;
  return union > 0 ? overlap / union : 0;
}

function boxVolume({ min, max }: Box3): number {
  return Math.max(0, max[0] - min[0]) * Math.max(0, max[1] - min[1]) * Math.max(0, max[2] - min[2]);
}
