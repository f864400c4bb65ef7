/**
 * Convex decomposition beside V-HACD and CoACD: pieces, volume, distance of the surfaces, and what it costs.
 *
 *   npm run bench:decomposition                                    the shapes of test/support/solids.ts
 *   npm run bench:decomposition -- cup chair.obj out/scene.glb     one of them, one's own mesh, a scene's objects
 *   COACD_PYTHON=/opt/venv-coacd/bin/python npm run bench:decomposition
 *
 * CoACD needs a Python with `pip install coacd`; without one its rows are left out. All make at most 16 pieces of
 * at most 64 vertices. Seconds are those of the processor, which other work on the machine does not lengthen.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import Module from 'manifold-3d';
import { ConvexMeshDecomposition } from 'vhacd-js/lib/vhacd.js';
import {
  checkClosed,
  convexHull,
  createMeshBvh,
  meshBounds,
  meshVolume,
  sampleSurface,
  vec3,
  type ConvexHull,
  type Mesh,
} from '@scenemaker/sdk/geometry';
import { decompose, DECOMPOSE_DEFAULTS, MAX_HULL_VERTICES } from '@scenemaker/sdk/physics';
import { readGlb } from '@scenemaker/sim-adapters';
import { CONCAVE_SOLIDS } from '../support/solids.js';

const ROUNDS = 3;
const SAMPLES = 2000;
const PYTHON = process.env['COACD_PYTHON'] ?? 'python3';
const COACD_SCRIPT = fileURLToPath(new URL('run_coacd.py', import.meta.url));

interface Decomposition {
  hulls: readonly ConvexHull[];
  seconds: number;
}

const manifold = await Module();
manifold.setup();
const vhacd = await ConvexMeshDecomposition.create();

/** Ours, the best of some rounds: the first ones find the code not yet compiled. */
function ours(mesh: Mesh): Decomposition {
  let best: Decomposition = { hulls: [], seconds: Infinity };
  for (let round = 0; round < ROUNDS; round++) {
    const [hulls, seconds] = timed(() => decompose(mesh));
    if (seconds < best.seconds) best = { hulls, seconds };
  }
  return best;
}

function withVhacd(mesh: Mesh): Decomposition {
  const [made, seconds] = timed(() =>
    vhacd.computeConvexHulls(
      { positions: Float64Array.from(mesh.positions), indices: mesh.indices },
      { maxHulls: DECOMPOSE_DEFAULTS.maxPieces, maxVerticesPerHull: MAX_HULL_VERTICES, messages: 'none' },
    ),
  );
  return { hulls: toHulls(made.map(({ positions }) => positions)), seconds };
}

function withCoacd(mesh: Mesh): Decomposition | null {
  const { status, stdout, stderr } = spawnSync(PYTHON, [COACD_SCRIPT], {
    input: JSON.stringify({
      vertices: [...mesh.positions],
      triangles: [...mesh.indices],
      maxPieces: DECOMPOSE_DEFAULTS.maxPieces,
      maxVertices: MAX_HULL_VERTICES,
    }),
    maxBuffer: 1e9,
  });
  if (status !== 0) {
    console.error(`CoACD left out: ${stderr.toString().trim().split('\n').at(-1) ?? `${PYTHON} did not run`}`);
    return null;
  }
  const { pieces, seconds } = JSON.parse(stdout.toString()) as { pieces: number[][]; seconds: number };
  return { hulls: toHulls(pieces), seconds };
}

const toHulls = (pieces: readonly ArrayLike<number>[]): ConvexHull[] =>
  pieces.map((points) => convexHull(points)).filter((hull) => hull !== null);

function timed<T>(work: () => T): [result: T, seconds: number] {
  const begin = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(begin);
  return [result, (user + system) / 1e6];
}

/** Volumes as shares of the mesh's, distances as shares of its longest side. */
function judge(mesh: Mesh, { hulls, seconds }: Decomposition): (string | number)[] {
  const solids = hulls.map(({ positions }) =>
    manifold.Manifold.hull(
      Array.from({ length: positions.length / 3 }, (_, v) => [...vec3.at(positions, v)] as [number, number, number]),
    ),
  );
  const union = manifold.Manifold.union(solids);
  const { vertProperties, triVerts, numProp } = union.getMesh();
  const outside: Mesh = {
    positions: Float32Array.from(
      { length: (vertProperties.length / numProp) * 3 },
      (_, i) => vertProperties[Math.floor(i / 3) * numProp + (i % 3)],
    ),
    indices: triVerts,
  };
  const { min, max } = meshBounds(mesh);
  const size = Math.max(...vec3.sub(max, min));
  const distances = [...surfaceDistances(mesh, outside), ...surfaceDistances(outside, mesh)].map((d) => d / size);
  const volume = Math.abs(meshVolume(mesh));
  const total = hulls.reduce((sum, hull) => sum + meshVolume(hull), 0);
  return [
    hulls.length,
    percent(union.volume() / volume - 1),
    percent(total / union.volume() - 1),
    percent(distances.reduce((sum, d) => sum + d, 0) / distances.length),
    percent(Math.max(...distances)),
    seconds.toFixed(2),
  ];
}

function surfaceDistances(from: Mesh, to: Mesh): number[] {
  const bvh = createMeshBvh(to);
  const { points } = sampleSurface(from, SAMPLES, 1);
  return Array.from({ length: SAMPLES }, (_, i) => bvh.closestPoint(vec3.at(points, i))?.distance ?? Infinity);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

async function readMeshes(path: string): Promise<[name: string, mesh: Mesh][]> {
  if (Object.hasOwn(CONCAVE_SOLIDS, path)) return [[path, CONCAVE_SOLIDS[path]()]];
  if (path.endsWith('.glb')) {
    const { objects } = await readGlb(readFileSync(path));
    return objects.map(({ id, mesh }) => [`${basename(path, '.glb')} ${id}`, mesh]);
  }
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/u));
  const numbers = (key: string): number[] =>
    lines.filter(([first]) => first === key).flatMap(([, ...rest]) => rest.slice(0, 3).map(parseFloat));
  const indices = Uint32Array.from(numbers('f'), (index) => index - 1);
  return [[basename(path, '.obj'), { positions: Float32Array.from(numbers('v')), indices }]];
}

const asked = (await Promise.all(process.argv.slice(2).map(readMeshes))).flat();
const shapes = asked.length > 0 ? asked : Object.entries(CONCAVE_SOLIDS).map(([name, make]) => [name, make()] as const);

console.log('| shape | triangles | by | pieces | volume error | overlap | mean distance | max distance | CPU s |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
let hasCoacd = true;
for (const [name, mesh] of shapes) {
  const closed = checkClosed(mesh).closed ? '' : ' (open)';
  const print = (by: string, made: Decomposition): void =>
    console.log(`| ${[name + closed, mesh.indices.length / 3, by, ...judge(mesh, made)].join(' | ')} |`);
  print('SceneMaker', ours(mesh));
  print('V-HACD', withVhacd(mesh));
  const coacd: Decomposition | null = hasCoacd ? withCoacd(mesh) : null;
  hasCoacd = coacd !== null;
  if (coacd) print('CoACD', coacd);
}
