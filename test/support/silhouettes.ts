/** Meshes as a camera sees them that stands two metres away and looks down by 20 degrees. */
import type { Mesh } from '@scenemaker/sdk';
import { rasteriseDepth } from '@scenemaker/sdk/render';
import type { Silhouette } from '../../runtime-server/src/stages/revolved.js';
import type { Mask } from '../../runtime-server/src/stages/stage.js';
import { type ObjectCube, pointsToCamera } from '../../runtime-server/src/stages/upright.js';

export const SIZE = 128;
export const intrinsics = { fx: 400, fy: 400, cx: 64, cy: 64 };

const [sin, cos] = [Math.sin(Math.PI / 9), Math.cos(Math.PI / 9)];
/** Against gravity, camera frame. */
export const up = [0, -cos, -sin] as const;
/** What meshes are given in. */
export const cube: ObjectCube = {
  center: [0, 0, 2],
  halfSide: 0.3,
  cubeFromCamera: [1, 0, 0, ...up, 0, sin, -cos],
};

export const mask = (of: (pixel: number) => boolean): Mask => ({
  width: SIZE,
  height: SIZE,
  data: Uint8Array.from({ length: SIZE * SIZE }, (_, i) => (of(i) ? 1 : 0)),
});

/** Depth of each pixel, Infinity beside the mesh. */
export const look = ({ positions, indices }: Mesh): Float32Array =>
  rasteriseDepth({ positions: pointsToCamera(cube, positions), indices }, { ...intrinsics, width: SIZE, height: SIZE });

export function silhouetteOf(mesh: Mesh, hidden: (pixel: number) => boolean = () => false): Silhouette {
  const depth = look(mesh);
  return {
    intrinsics,
    seen: mask((i) => depth[i] < Infinity && !hidden(i)),
    free: mask((i) => depth[i] === Infinity && !hidden(i)),
  };
}

/** Two meshes as one. */
export const joined = (a: Mesh, b: Mesh): Mesh => ({
  ...a,
  positions: Float32Array.from([...a.positions, ...b.positions]),
  indices: Uint32Array.from([...a.indices, ...b.indices.map((i) => i + a.positions.length / 3)]),
});
