/** What was seen of a symmetric object, told of its other sides too. */
import { fromGrid } from '@scenemaker/sdk';
import type { Tensor } from '../models/tensor.js';
import { counterparts, MOST_COUNTERPARTS, type Symmetry } from './symmetry.js';
import { cellAt } from './symmetry-trial.js';

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
  const equal = new Int32Array(MOST_COUNTERPARTS);
  for (let z = 0; z < resolution; z++) {
    const columns = equalColumns(symmetry, resolution, z);
    for (let y = 0; y < resolution; y++) {
      for (let x = 0, i = (z * resolution + y) * resolution; x < resolution; x++, i++) {
        if (known(i)) continue;
        let count = 0;
        const equalTo = columns[x];
        for (let k = 0; k < equalTo.length; k++) {
          const at = equalTo[k] + y * resolution;
          if (known(at)) insertSorted(equal, count++, at, data);
        }
        if (count === 0) continue;
        const middle = equal[count >> 1];
        completed[i] = data[middle];
        completed[voxels + i] = data[voxels + middle];
      }
    }
  }
  return { ...observed, data: completed };
}

/** For each x of layer `z`, the lowest voxels of the columns that are equal to the one there. */
function equalColumns(symmetry: Symmetry, resolution: number, z: number): number[][] {
  const shape = { resolution, halfExtent: 1 };
  return Array.from({ length: resolution }, (_, x) =>
    counterparts(symmetry, fromGrid(x, shape), fromGrid(z, shape))
      .filter(([equalX, equalZ]) => Math.abs(equalX) < 1 && Math.abs(equalZ) < 1)
      .map(([equalX, equalZ]) => cellAt(equalZ, resolution) * resolution ** 2 + cellAt(equalX, resolution)),
  );
}

/** Puts `voxel` behind those of the first `count` whose value is not above its own. */
function insertSorted(voxels: Int32Array, count: number, voxel: number, values: Float32Array): void {
  let place = count;
  for (; place > 0 && values[voxels[place - 1]] > values[voxel]; place--) voxels[place] = voxels[place - 1];
  voxels[place] = voxel;
}
