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
  const distances = new Uint8Array(voxels);
  for (let i = 0; i < voxels; i++) if (observed[voxels + i] > 0 && observed[i] >= 1) distances[i] = REACH ** 2;
  for (const stride of [1, resolution, resolution ** 2]) spread(distances, resolution, stride);
  const perVoxel = 2 / (resolution * truncation);
  const fused = field.slice();
  for (let i = 0; i < voxels; i++) {
    const value = field[i];
    const seen = observed[i];
    if (distances[i] > 0) fused[i] = Math.max(value, level + (Math.sqrt(distances[i]) - 0.5) * perVoxel);
    else if (!(observed[voxels + i] > 0) || seen <= -1) continue;
    else if (seen > 0) fused[i] = Math.max(value, level + seen);
    else if (measured || value < NEAR) fused[i] = Math.min(value, level + seen);
  }
  return fused;
}

/** One axis of the squared Euclidean distance transform (Felzenszwalb and Huttenlocher 2012), as far as `REACH`. */
function spread(distances: Uint8Array, resolution: number, stride: number): void {
  const line = new Uint8Array(resolution);
  for (let block = 0; block < distances.length; block += stride * resolution) {
    for (let start = block; start < block + stride; start++) {
      let changes = 0;
      for (let i = 0, at = start; i < resolution; i++, at += stride) {
        line[i] = distances[at];
        changes |= line[i] ^ line[0];
      }
      // Most lines are wholly in what is empty, or wholly out of it.
      if (changes === 0) continue;
      for (let i = 0, at = start; i < resolution; i++, at += stride) {
        let nearest = line[i];
        // What is `REACH` away is as far as what nothing is known of; what is farther than the nearest does not count.
        for (let step = 1; step < REACH && step * step < nearest; step++) {
          if (i >= step && line[i - step] + step * step < nearest) nearest = line[i - step] + step * step;
          if (i + step < resolution && line[i + step] + step * step < nearest) nearest = line[i + step] + step * step;
        }
        distances[at] = nearest;
      }
    }
  }
}
