/** Carries tasks out here and in two threads, and prints what came of each as JSON. */
import { deepStrictEqual } from 'node:assert';
import { type Mesh, torusMesh } from '@scenemaker/sdk';
import { createPool } from '../../runtime-server/src/compute/pool.js';
import { type Compute, computeHere } from '../../runtime-server/src/compute/tasks.js';
import { exampleScene } from './example-scene.js';

const cube = { resolution: 24, truncation: 0.2 };
const meshes = [0.1, 0.15, 0.2].map((tube) => torusMesh(0.3, tube));
const geometriesBy = (compute: Compute) => Promise.all(meshes.map((mesh) => compute.measureGeometry(mesh, cube)));

const pool = createPool(2);
deepStrictEqual(await geometriesBy(pool.compute), await geometriesBy(computeHere));

const colorless: Mesh = torusMesh(0.3, 0.1);
const { cameras, objects } = exampleScene();
const picture = { width: 8, height: 8, data: new Uint8Array(3 * 64) };
const mask = { width: 8, height: 8, data: new Uint8Array(64) };
const { pose } = objects[0];
const error: unknown = await pool.compute
  .textureMesh({ mesh: colorless, pose, camera: cameras[0], picture, mask }, 64)
  .catch((thrown: unknown) => thrown);
await pool.close();
console.log(JSON.stringify({ isRangeError: error instanceof RangeError, message: (error as Error).message }));
