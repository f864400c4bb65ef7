/**
 * Makes a generated field agree with what the camera saw: empty where that was seen to be empty, with its surface where
 * one was seen, solid behind it. The generator is told of all three, but holds to none exactly.
 */
import type { Tensor } from '../models/index.js';

/** So many voxels into what is empty the distance to its border is told. */
const REACH = 4;
/** Where the generated field is above this, nothing is near: estimated depth gives narrow parts that of the background. */
const NEAR = 0.9;

export interface FuseOptions {
  /** Voxels along a side. */
  resolution: number;
  /** The distance that is 1 in the field, in half sides of the cube. */
  truncation: number;
  /** Where in the field the surface lies; lower is inside. */
  level: number;
  /** Whether the depth of the surface was measured. */
  measured: boolean;
}

/**
 * @param field Signed distances, R^3, outside above `level`. @param observed From `observedField`.
 * @returns A new field: beside the silhouette at least the distance from it, and within `truncation` of a surface that was
 * seen at least (before it) or at most (behind it; of estimated depth only if something was generated near there) the distance from that.
 */
export function fuseObserved(
  field: Float32Array,
  { data: observed }: Tensor,
  { resolution, truncation, level, measured }: FuseOptions,
): Float32Array {
  const voxels = resolution ** 3;
  const known = (i: number): boolean => observed[voxels + i] > 0;
  const distances = Float32Array.from({ length: voxels }, (_, i) => (known(i) && observed[i] >= 1 ? REACH ** 2 : 0));
  for (const stride of [1, resolution, resolution ** 2]) spread(distances, resolution, stride);
  const perVoxel = 2 / (resolution * truncation);
  return field.map((value, i) => {
    if (distances[i] > 0) return Math.max(value, level + (Math.sqrt(distances[i]) - 0.5) * perVoxel);
    if (!known(i) || observed[i] <= -1) return value;
    if (observed[i] > 0) return Math.max(value, level + observed[i]);
    return measured || value < NEAR ? Math.min(value, level + observed[i]) : value;
  });
}

/** One axis of the squared Euclidean distance transform (Felzenszwalb and Huttenlocher 2012), as far as `REACH`. */
function spread(distances: Float32Array, resolution: number, stride: number): void {
  const line = new Float32Array(resolution);
  for (let start = 0; start < distances.length; start++) {
    if (Math.floor(start / stride) % resolution !== 0) continue;
    for (let i = 0; i < resolution; i++) line[i] = distances[start + i * stride];
    for (let i = 0; i < resolution; i++) {
      let least = line[i];
      const last = Math.min(resolution - 1, i + REACH);
      for (let j = Math.max(0, i - REACH); j <= last; j++) least = Math.min(least, line[j] + (i - j) ** 2);
      distances[start + i * stride] = least;
    }
  }
}
