/** Scenes of many objects. */
import { convexHull, sphereMesh } from '@scenemaker/sdk/geometry';
import type { Collider, SceneDescription, SceneObject } from '@scenemaker/sdk/scene';
import { exampleObject, exampleScene } from '../../support/example-scene.js';

/** About 5000 triangles, the most that generated shapes have. */
const SEGMENTS = 36;
const HULLS = 8;

/** A dented ball, unlike any other. */
function dentedBall(seed: number): Pick<SceneObject, 'mesh' | 'colliders'> {
  const { positions, indices } = sphereMesh(0.5, SEGMENTS);
  for (let i = 0; i < positions.length; i += 3) {
    const dent = 1 - 0.1 * Math.abs(Math.sin(seed + 5 * positions[i] + 3 * positions[i + 2]));
    for (let k = 0; k < 3; k++) positions[i + k] *= dent;
  }
  const colors = Uint8Array.from({ length: (positions.length / 3) * 4 }, (_, i) =>
    Math.round(128 + 100 * positions[3 * (i >> 2) + (i % 3)]),
  );
  const colliders = Array.from({ length: HULLS }, (_, octant): Collider => {
    const inside = Array.from({ length: positions.length / 3 }, (_, v) => v).filter((v) =>
      [0, 1, 2].every((k) => positions[3 * v + k] >= -0.01 === (octant >> k) % 2 > 0),
    );
    const points = Float32Array.from([0, 0, 0, ...inside.flatMap((v) => [...positions.subarray(3 * v, 3 * v + 3)])]);
    const hull = convexHull(points, { maxVertices: 48 });
    if (!hull) throw new Error('an eighth of a ball has no hull');
    return { kind: 'hull', positions: hull.positions, indices: hull.indices };
  });
  return { mesh: { positions, indices, colors }, colliders };
}

/** Distinct meshes of 5040 triangles, each with eight hulls, side by side in a grid. */
export function largeScene(count: number): SceneDescription {
  const objects = Array.from({ length: count }, (_, index) => {
    const translation = [(index % 25) * 0.3, 0.15, Math.floor(index / 25) * 0.3] as const;
    const pose = { rotation: [0, 0, 0, 1] as const, translation, size: 0.2 + 0.0001 * index };
    return exampleObject(`object-${index + 1}`, { ...dentedBall(index), pose });
  });
  return { ...exampleScene(), objects };
}
