/** What was seen of a symmetric object, told of its other sides too. */
import { fromGrid } from '@scenemaker/sdk';
import type { Tensor } from '../models/tensor.js';
import { type MirrorPlane, type Symmetry, voxelAt } from './symmetry.js';

/** An axis' nearest side to the camera was seen best; what hides that is turned around. */
const TURNS = [0, 25, -25, 50, -50, 75, -75].map((turn) => (turn * Math.PI) / 180);

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
    for (const [equalX, equalZ] of equals(symmetry, x, z)) {
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

/** Where the object looks as it does at (x, z), what is likeliest to have been seen first. */
function equals(symmetry: Symmetry, x: number, z: number): [number, number][] {
  if (symmetry.kind === 'revolution') {
    const { axis } = symmetry;
    const radius = Math.hypot(x - axis.x, z - axis.z);
    // The cube's z points to the viewer.
    return TURNS.map((turn) => [axis.x + radius * Math.sin(turn), axis.z + radius * Math.cos(turn)]);
  }
  const mirrored = symmetry.planes.map((plane) => reflect(plane, x, z));
  return symmetry.planes.length === 2 ? [...mirrored, reflect(symmetry.planes[0], ...mirrored[1])] : mirrored;
}

function reflect({ angle, offset }: MirrorPlane, x: number, z: number): [number, number] {
  const [nx, nz] = [Math.cos(angle), Math.sin(angle)];
  const way = 2 * (nx * x + nz * z - offset);
  return [x - way * nx, z - way * nz];
}
