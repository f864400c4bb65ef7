/**
 * Keeps empty what the camera saw to be empty: beside the silhouette and, where depth was measured, in front of the
 * surface. The generator is told of both, but holds to neither exactly.
 */
import type { Tensor } from '../models/index.js';

/** So many voxels into what is empty the distance to its border is told. */
const REACH = 4;

export interface CarveOptions {
  /** Voxels along a side. */
  resolution: number;
  /** The distance that is 1 in the field, in half sides of the cube. */
  truncation: number;
  /** Whether the depth of the surface was measured; else only the silhouette is trusted. */
  measured: boolean;
}

/**
 * @param field Signed distances, R^3, outside above 0. @param observed From `observedField`.
 * @returns A new field, raised beside the silhouette to the distance from it, and near a measured surface to the observed
 * distance.
 */
export function carve(
  field: Float32Array,
  { data: observed }: Tensor,
  { resolution, truncation, measured }: CarveOptions,
): Float32Array {
  const voxels = resolution ** 3;
  const known = (i: number): boolean => observed[voxels + i] > 0;
  const distances = Float32Array.from({ length: voxels }, (_, i) => (known(i) && observed[i] >= 1 ? REACH ** 2 : 0));
  for (const stride of [1, resolution, resolution ** 2]) spread(distances, resolution, stride);
  const perVoxel = 2 / (resolution * truncation);
  return field.map((value, i) => {
    if (distances[i] > 0) return Math.max(value, (Math.sqrt(distances[i]) - 0.5) * perVoxel);
    // The projective distance is 0 exactly where the surface is.
    return measured && known(i) && observed[i] > -1 ? Math.max(value, observed[i]) : value;
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
