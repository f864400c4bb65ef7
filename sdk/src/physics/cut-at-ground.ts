/**
 * What lies below the ground is not there.
 *
 * Where distances were measured, what is seen of an object is where it is, and so is the ground. What was made up
 * behind and below may reach through it: then that is wrong, not the place of the object. Its mesh is drawn up to the
 * ground there, as long as little of it is concerned.
 */
import { meshBounds, quat, vec3, type Vec3 } from '../geometry/index.js';
import type { SceneDescription, SceneObject } from '../scene/index.js';

/** Objects that are deeper in by more than this share of their height are elsewhere. */
const MAX_SHARE = 0.25;
/** Less than this share of the height is nothing. */
const MIN_SHARE = 1e-3;

export interface CutScene {
  description: SceneDescription;
  /** For each object what was done to it, in words; empty: nothing. */
  notes: string[];
}

/** The scene given stays as it was. */
export function cutAtGround(description: SceneDescription): CutScene {
  const { scale, ground, objects } = description;
  if (scale.source !== 'depth' || ground.confidence === 0) return { description, notes: objects.map(() => '') };
  const cut = objects.map((object) => cutObject(object, ground.height));
  return {
    description: { ...description, objects: cut.map((found, i) => found?.object ?? objects[i]) },
    notes: cut.map((found) => (found ? `its lowest ${found.percent.toFixed(0)} %, below the ground, was cut off` : '')),
  };
}

function cutObject(object: SceneObject, height: number): { object: SceneObject; percent: number } | null {
  const { mesh, pose } = object;
  const { rotation, translation, size } = pose;
  const up = quat.rotate(quat.conjugate(rotation), vec3.UP);
  const heights: number[] = [];
  for (let i = 0; i < mesh.positions.length / 3; i++)
    heights.push(translation[1] + size * vec3.dot(up, vec3.at(mesh.positions, i)));
  let [low, high] = [Infinity, -Infinity];
  for (const y of heights) [low, high] = [Math.min(low, y), Math.max(high, y)];
  const share = (height - low) / (high - low);
  if (!(share > MIN_SHARE && share <= MAX_SHARE)) return null;
  const positions = mesh.positions.slice();
  const normals = mesh.normals?.slice();
  heights.forEach((y, i) => {
    if (!(y < height)) return;
    for (let k = 0; k < 3; k++) positions[3 * i + k] += ((height - y) / size) * up[k];
    normals?.set(vec3.scale(up, -1), 3 * i);
  });
  // Canonical space again: centred, longest side 1.
  const { min, max } = meshBounds({ ...mesh, positions });
  const center = vec3.lerp(min, max, 0.5);
  const side = Math.max(...vec3.sub(max, min));
  for (let i = 0; i < positions.length; i++) positions[i] = (positions[i] - center[i % 3]) / side;
  const moved: Vec3 = vec3.add(translation, quat.rotate(rotation, vec3.scale(center, size)));
  return {
    object: {
      ...object,
      mesh: { ...mesh, positions, ...(normals && { normals }) },
      pose: { rotation, translation: moved, size: size * side },
    },
    percent: 100 * share,
  };
}
