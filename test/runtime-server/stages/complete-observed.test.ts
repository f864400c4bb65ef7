import { createRandom, fromGrid } from '@scenemaker/sdk';
import { expect, test } from 'vitest';
import { completeObserved } from '../../../runtime-server/src/stages/complete-observed.js';
import { voxelAt } from '../../../runtime-server/src/stages/symmetry-trial.js';
import { counterparts, type Symmetry } from '../../../runtime-server/src/stages/symmetry.js';

const R = 12;
const VOXELS = R ** 3;

/** Voxel by voxel, as it is said to be. */
function expected(data: Float32Array, symmetry: Symmetry): Float32Array {
  const known = (i: number): boolean => data[VOXELS + i] > 0 && data[i] > -1;
  const completed = data.slice();
  const at = (index: number): number => fromGrid(index, { resolution: R, halfExtent: 1 });
  for (let i = 0; i < VOXELS; i++) {
    if (known(i)) continue;
    const [x, y, z] = [at(i % R), at(Math.floor(i / R) % R), at(Math.floor(i / R ** 2))];
    const equal = counterparts(symmetry, x, z)
      .filter(([u, w]) => Math.abs(u) < 1 && Math.abs(w) < 1)
      .map(([u, w]) => voxelAt(u, y, w, R))
      .filter(known)
      .sort((a, b) => data[a] - data[b]);
    if (equal.length === 0) continue;
    const middle = equal[equal.length >> 1];
    completed[i] = data[middle];
    completed[VOXELS + i] = data[VOXELS + middle];
  }
  return completed;
}

test.each<Symmetry>([
  { kind: 'revolution', axis: { x: 0.1, z: -0.2 } },
  { kind: 'mirror', planes: [{ angle: 0.4, offset: 0.05 }] },
  {
    kind: 'mirror',
    planes: [
      { angle: 0.4, offset: 0.05 },
      { angle: 0.4 + Math.PI / 2, offset: -0.1 },
    ],
  },
])('what is not known has the middle one of the values that it is equal to: %o', (symmetry) => {
  const random = createRandom(3);
  // Few values, so that there are equal ones, of different trust.
  const data = Float32Array.from({ length: 2 * VOXELS }, (_, i) => (random.integer(5) - (i < VOXELS ? 2 : 1)) / 2);
  const { data: completed } = completeObserved({ data, shape: [1, 2, R, R, R] }, R, symmetry);
  expect(completed).not.toEqual(data);
  expect(completed).toEqual(expected(data, symmetry));
});
