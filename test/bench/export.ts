/** What exports cost: scenes of 100 and 500 objects, each with a mesh of its own and eight hulls, to every format. */
import { convexHull, sphereMesh } from '@scenemaker/sdk/geometry';
import type { Collider, SceneDescription, SceneObject } from '@scenemaker/sdk/scene';
import { EXPORT_FORMATS, exportFormats } from '@scenemaker/sim-adapters';
import { exampleObject, exampleScene } from '../support/example-scene.js';

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

function sceneOf(count: number): SceneDescription {
  const objects = Array.from({ length: count }, (_, index) => {
    const translation = [(index % 25) * 0.3, 0.15, Math.floor(index / 25) * 0.3] as const;
    const pose = { rotation: [0, 0, 0, 1] as const, translation, size: 0.2 + 0.0001 * index };
    return exampleObject(`object-${index + 1}`, { ...dentedBall(index), pose });
  });
  return { ...exampleScene(), objects };
}

console.log(`${'objects'.padStart(7)}  format  ${'CPU s'.padStart(8)}  ${'files'.padStart(6)}  ${'MB'.padStart(6)}`);
for (const count of [100, 500]) {
  const scene = sceneOf(count);
  let total = 0;
  // Of this process: what else runs on the machine does not count.
  let begin = process.cpuUsage();
  for await (const [format, files] of exportFormats(scene, EXPORT_FORMATS)) {
    const { user, system } = process.cpuUsage(begin);
    const seconds = (user + system) / 1e6;
    total += seconds;
    const megabytes = [...files.values()].reduce((sum, { length }) => sum + length, 0) / 1e6;
    console.log(
      `${String(count).padStart(7)}  ${format.padEnd(6)}  ${seconds.toFixed(2).padStart(8)}  ${String(files.size).padStart(6)}  ${megabytes.toFixed(1).padStart(6)}`,
    );
    begin = process.cpuUsage();
  }
  console.log(`${String(count).padStart(7)}  all     ${total.toFixed(2).padStart(8)}`);
}
