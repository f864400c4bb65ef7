/**
 * Several posed depth maps of one scene at rest, fused into the view of the first. The points of the others
 * are projected into it; of those that fall on a pixel the nearest counts, as a camera there would have seen
 * it. A pixel without depth takes it; one that has a depth close to it takes the mean of both; otherwise
 * the first camera is believed, which saw for itself.
 */
import { mat3, quat, type RigidTransform, vec3 } from '@scenemaker/sdk';
import type { DepthMap } from '../pipeline-types.js';
import type { Intrinsics } from '../stages/stage.js';

export interface PosedDepth {
  depth: DepthMap;
  intrinsics: Intrinsics;
  /** Camera (x right, y down, z forward) to world, metres. */
  cameraToWorld: RigidTransform;
}

/** Depths that differ by less than this share of the depth are of one surface: the noise of depth cameras. */
const SAME_SURFACE = 0.02;

/** At the size of `first`, metres, NaN where no camera gives a depth. */
export function fuseDepth(first: PosedDepth, others: readonly PosedDepth[]): DepthMap {
  const { width, height, data } = first.depth;
  const sum = Float64Array.from(data);
  const count = new Uint8Array(data.length).map((_, i) => (data[i] > 0 ? 1 : 0));
  for (const other of others) {
    const seen = project(other, first);
    for (let i = 0; i < seen.length; i++) {
      if (seen[i] === Infinity) continue;
      const mean = sum[i] / count[i];
      if (count[i] === 0) [sum[i], count[i]] = [seen[i], 1];
      else if (Math.abs(seen[i] - mean) < SAME_SURFACE * mean) [sum[i], count[i]] = [sum[i] + seen[i], count[i] + 1];
    }
  }
  const fused = Float32Array.from(sum, (total, i) => (count[i] > 0 ? total / count[i] : NaN));
  return { width, height, data: fused };
}

/** The nearest z of `from`'s points on each pixel of `to`; Infinity where there is none. */
function project(from: PosedDepth, to: PosedDepth): Float64Array {
  const turn = mat3.multiply(
    mat3.transpose(quat.toMat3(to.cameraToWorld.rotation)),
    quat.toMat3(from.cameraToWorld.rotation),
  );
  const shift = mat3.apply(
    mat3.transpose(quat.toMat3(to.cameraToWorld.rotation)),
    vec3.sub(from.cameraToWorld.translation, to.cameraToWorld.translation),
  );
  const nearest = new Float64Array(to.depth.width * to.depth.height).fill(Infinity);
  const { width, height, data } = from.depth;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const depth = data[y * width + x];
      if (!(depth > 0)) continue;
      const point = [
        ((x + 0.5 - from.intrinsics.cx) / from.intrinsics.fx) * depth,
        ((y + 0.5 - from.intrinsics.cy) / from.intrinsics.fy) * depth,
        depth,
      ] as const;
      const [px, py, pz] = vec3.add(mat3.apply(turn, point), shift);
      if (pz <= 0) continue;
      const column = Math.floor((px / pz) * to.intrinsics.fx + to.intrinsics.cx);
      const row = Math.floor((py / pz) * to.intrinsics.fy + to.intrinsics.cy);
      if (column < 0 || row < 0 || column >= to.depth.width || row >= to.depth.height) continue;
      const i = row * to.depth.width + column;
      nearest[i] = Math.min(nearest[i], pz);
    }
  }
  return nearest;
}
