/** Objects whose lower part, which nobody saw, is drawn out or pressed together. */
import { meshBounds, quat, transformPositions, vec3, type Box3, type Mesh, type Vec3 } from '../geometry/index.js';
import type { SceneObject } from '../scene/index.js';
import { centimetres } from './repair/remedy.js';

/** What is not seen begins so far up at least, share of the height. */
const BAND_SHARE = 0.1;
/** Quantile of the heights seen that counts as the lowest. */
const LOWEST = 0.02;

export interface Redrawn {
  object: SceneObject;
  /** What was done, in words. */
  note: string;
}

/** The object with all below `lowest`, the lowest that is seen of it, drawn so that it ends at `floor`; heights in the world. */
export function endedAt(object: SceneObject, { min, max }: Box3, lowest: number, floor: number): Redrawn {
  const from = Math.max(lowest, min[1] + BAND_SHARE * (max[1] - min[1]));
  const change = `${centimetres(Math.abs(floor - min[1]))} ${floor > min[1] ? 'shorter' : 'longer'}`;
  return {
    object: redrawnBelow(object, from, (from - floor) / (from - min[1])),
    note: `what is not seen of it ends where it stands: ${change}`,
  };
}

/** -Infinity where nothing is seen. */
export function lowestOf(heights: Float32Array | undefined): number {
  return heights?.sort()[Math.floor(LOWEST * heights.length)] ?? -Infinity;
}

/** Vertices in the world. */
export interface PlacedMesh {
  mesh: Mesh;
  box: Box3;
}

export function placedMesh({ mesh, pose: { rotation, translation, size } }: SceneObject): PlacedMesh {
  const placed = { ...mesh, positions: transformPositions(mesh.positions, rotation, translation, size) };
  return { mesh: placed, box: meshBounds(placed) };
}

/** Whether what fills box `a` may carry what fills box `b`: the middle of `b` is over it. */
export function isUnder(a: Box3, b: Box3): boolean {
  return (
    a.min[1] < b.min[1] &&
    [0, 2].every((axis) => {
      const middle = (b.min[axis] + b.max[axis]) / 2;
      return a.min[axis] < middle && middle < a.max[axis];
    })
  );
}

/** The object, its heights below `from` (world) so many times as far from there. */
export function redrawnBelow(object: SceneObject, from: number, factor: number): SceneObject {
  const { mesh, pose } = object;
  const { rotation, translation, size } = pose;
  const up = quat.rotate(quat.conjugate(rotation), vec3.UP);
  const positions = mesh.positions.slice();
  const normals = mesh.normals?.slice();
  for (let i = 0; i < positions.length / 3; i++) {
    const below = from - (translation[1] + size * vec3.dot(up, vec3.at(positions, i)));
    if (!(below > 0)) continue;
    positions.set(vec3.addScaled(vec3.at(positions, i), up, ((1 - factor) * below) / size), 3 * i);
    if (!normals) continue;
    const normal = vec3.at(normals, i);
    const rise = vec3.dot(normal, up);
    const steeper = factor > 0 ? vec3.addScaled(normal, up, rise / factor - rise) : vec3.scale(up, -1);
    normals.set(vec3.normalize(steeper), 3 * i);
  }
  return { ...object, ...inCanonicalSpace({ ...mesh, positions, ...(normals && { normals }) }, pose) };
}

/** Centred, longest side 1: what the mesh is in the world stays. Changes the positions in place. */
function inCanonicalSpace(
  mesh: Mesh,
  { rotation, translation, size }: SceneObject['pose'],
): Pick<SceneObject, 'mesh' | 'pose'> {
  const { min, max } = meshBounds(mesh);
  const center = vec3.lerp(min, max, 0.5);
  const side = Math.max(...vec3.sub(max, min));
  for (let i = 0; i < mesh.positions.length; i++) mesh.positions[i] = (mesh.positions[i] - center[i % 3]) / side;
  const moved: Vec3 = vec3.add(translation, quat.rotate(rotation, vec3.scale(center, size)));
  return { mesh, pose: { rotation, translation: moved, size: size * side } };
}
