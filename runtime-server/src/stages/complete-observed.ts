/** What was seen of a symmetric object, told of its other sides too. */
import { fromGrid } from '@scenemaker/sdk';
import type { Tensor } from '../models/tensor.js';
import { counterparts, type Symmetry, voxelAt } from './symmetry.js';

/**
 * @param observed From `observedField`, `resolution` voxels along a side.
 * @returns A copy in which voxels of which nothing is known, or that lie far behind what was seen, have the value of
 * those that the symmetry makes them equal to, where more is known of them: the middle one, since a handle is on one
 * side only.
 */
export function completeObserved(observed: Tensor, resolution: number, symmetry: Symmetry): Tensor {
  const voxels = resolution ** 3;
  const { data } = observed;
  const known = (i: number): boolean => data[voxels + i] > 0 && data[i] > -1;
  const completed = data.slice();
  const shape = { resolution, halfExtent: 1 };
  for (let i = 0; i < voxels; i++) {
    if (known(i)) continue;
    const x = fromGrid(i % resolution, shape);
    const y = fromGrid(Math.floor(i / resolution) % resolution, shape);
    const z = fromGrid(Math.floor(i / resolution ** 2), shape);
    const equal: number[] = [];
    for (const [equalX, equalZ] of counterparts(symmetry, x, z)) {
      if (Math.abs(equalX) >= 1 || Math.abs(equalZ) >= 1) continue;
      const at = voxelAt(equalX, y, equalZ, resolution);
      if (known(at)) equal.push(at);
    }
    if (equal.length === 0) continue;
    const middle = equal.sort((a, b) => data[a] - data[b])[equal.length >> 1];
    completed[i] = data[middle];
    completed[voxels + i] = data[voxels + middle];
  }
  return { ...observed, data: completed };
}
