/** What was seen of a symmetric object, told of its other sides too. */
import { fromGrid } from '@scenemaker/sdk';
import type { Tensor } from '../models/tensor.js';
import { counterparts, type Symmetry, voxelAt } from './symmetry.js';

/**
 * @param observed From `observedField`, `resolution` voxels along a side.
 * @returns A copy in which voxels of which nothing is known, or that lie far behind what was seen, have the value of the
 * voxel that the symmetry makes them equal to, where more is known of that.
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
    for (const [equalX, equalZ] of counterparts(symmetry, x, z)) {
      if (Math.abs(equalX) >= 1 || Math.abs(equalZ) >= 1) continue;
      const equal = voxelAt(equalX, y, equalZ, resolution);
      if (!known(equal)) continue;
      completed[i] = data[equal];
      completed[voxels + i] = data[voxels + equal];
      break;
    }
  }
  return { ...observed, data: completed };
}
