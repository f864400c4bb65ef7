/**
 * What was not seen of an object ends where it stands.
 *
 * Where distances were measured, what is seen of an object is where it is, and so is the ground. What was made up
 * behind and below may reach through the ground or through what carries it, or end above the ground: then that is
 * wrong, not the place of the object. Where the picture does not show its foot, all that is below what is seen is
 * pressed together or drawn out until it ends there; else what reaches through the ground is drawn up to it, unless
 * the object is seen below it, too.
 */
import { meshBounds, quat, transformPositions, vec3, type Box3, type Mesh, type Vec3 } from '../geometry/index.js';
import type { SceneDescription, SceneObject } from '../scene/index.js';
import { centimetres } from './repair/remedy.js';
import { createSilhouettes } from './silhouette.js';
import { isFootSeen, seenAround } from './support-evidence.js';

/** Less than this share of the height is nothing. */
const MIN_SHARE = 1e-3;
/** Objects that are deeper in by more than this share of their height, and are seen below the ground, are elsewhere. */
const MAX_SHARE = 0.25;
/** They are seen there from so far below it on, share of their height. */
const SEEN_BELOW_SHARE = 0.05;
/** What is not seen is made longer by at most this share of the height, and begins this far up at least. */
const MAX_GROWTH = 0.5;
const BAND_SHARE = 0.1;
/** Quantile of the heights seen that counts as the lowest. */
const LOWEST = 0.02;
/** An object carries another from this share of that one's columns on that it is seen right below. */
const CARRYING_SHARE = 0.25;

export interface EndedScene {
  description: SceneDescription;
  /** For each object what was done to it, in words; empty: nothing. */
  notes: string[];
}

/** The scene given stays as it was. */
export function endAtSupport(description: SceneDescription): EndedScene {
  const { scale, ground, objects } = description;
  if (scale.source !== 'depth' || ground.confidence === 0) return { description, notes: objects.map(() => '') };
  const seen = seenAround(description);
  const silhouettes = createSilhouettes(description);
  const placed = objects.map(placedMesh);
  const ended = objects.map((object, i) => {
    const { min, max } = placed[i].box;
    const height = max[1] - min[1];
    const under = objects.flatMap((_, j) => (j !== i && isUnder(placed[j].box, placed[i].box) ? [j] : []));
    const carriers = under.filter((j) => (seen[i]?.below[j] ?? 0) >= CARRYING_SHARE);
    const middle = [(min[0] + max[0]) / 2, (min[2] + max[2]) / 2] as const;
    const top = Math.max(ground.height, ...carriers.map((j) => surfaceAt(placed[j].mesh, middle)));
    const lowest = lowestOf(silhouettes[i]?.heights(object.pose));
    // The top of what carries it was not seen either.
    const floor = top > ground.height && top < lowest + SEEN_BELOW_SHARE * height ? Math.min(top, lowest) : top;
    const depth = floor - min[1];
    if (Math.abs(depth) <= MIN_SHARE * height) return null;
    const from = Math.max(lowest, min[1] + BAND_SHARE * height);
    if (!isFootSeen(seen[i]) && lowest >= floor) {
      if (depth < 0 && (-depth > MAX_GROWTH * height || under.length > 0)) return null;
      const change = `${centimetres(Math.abs(depth))} ${depth > 0 ? 'shorter' : 'longer'}`;
      const drawn = redrawn(object, from, (from - floor) / (from - min[1]));
      return { object: drawn, note: `what is not seen of it ends where it stands: ${change}` };
    }
    const sunk = ground.height - min[1];
    const isElsewhere = sunk > MAX_SHARE * height && lowest < ground.height - SEEN_BELOW_SHARE * height;
    if (sunk <= MIN_SHARE * height || isElsewhere) return null;
    const note = `its lowest ${((100 * sunk) / height).toFixed(0)} %, below the ground, was cut off`;
    return { object: redrawn(object, ground.height, 0), note };
  });
  return {
    description: { ...description, objects: ended.map((found, i) => found?.object ?? objects[i]) },
    notes: ended.map((found) => found?.note ?? ''),
  };
}

/** -Infinity where nothing is seen. */
function lowestOf(heights: Float32Array | undefined): number {
  return heights?.sort()[Math.floor(LOWEST * heights.length)] ?? -Infinity;
}

/** Vertices in the world. */
interface PlacedMesh {
  mesh: Mesh;
  box: Box3;
}

function placedMesh({ mesh, pose: { rotation, translation, size } }: SceneObject): PlacedMesh {
  const placed = { ...mesh, positions: transformPositions(mesh.positions, rotation, translation, size) };
  return { mesh: placed, box: meshBounds(placed) };
}

/** How high a mesh reaches at a point of the ground; -Infinity where it is not over it. */
function surfaceAt({ positions, indices }: Mesh, [x, z]: readonly [number, number]): number {
  let highest = -Infinity;
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => vec3.at(positions, indices[i + k]));
    const double = (b[0] - a[0]) * (c[2] - a[2]) - (c[0] - a[0]) * (b[2] - a[2]);
    const v = ((x - a[0]) * (c[2] - a[2]) - (c[0] - a[0]) * (z - a[2])) / double;
    const w = ((b[0] - a[0]) * (z - a[2]) - (x - a[0]) * (b[2] - a[2])) / double;
    if (v >= 0 && w >= 0 && v + w <= 1) highest = Math.max(highest, a[1] + v * (b[1] - a[1]) + w * (c[1] - a[1]));
  }
  return highest;
}

/** Whether what fills box `a` may carry what fills box `b`: the middle of `b` is over it. */
function isUnder(a: Box3, b: Box3): boolean {
  return (
    a.min[1] < b.min[1] &&
    [0, 2].every((axis) => {
      const middle = (b.min[axis] + b.max[axis]) / 2;
      return a.min[axis] < middle && middle < a.max[axis];
    })
  );
}

/** The object, its heights below `from` (world) so many times as far from there. */
function redrawn(object: SceneObject, from: number, factor: number): SceneObject {
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
