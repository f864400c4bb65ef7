/** The level surfaces of a support, on a grid that is looked at from above. */
import { meshBounds, quat, transformPositions, vec3, type Vec3 } from '../geometry/index.js';
import type { Camera } from '../scene/index.js';
import { toCanonical, triangleNormal } from './raycast.js';
import { GROUND_NAME, type SceneIndex } from './scene-index.js';

/** The most cells along a side of the grid. */
const MAX_CELLS = 128;
/** Heights that count as one level, metres. */
export const LEVEL_METERS = 4e-3;
/** The least y of a level surface's normal: 10 degrees. */
const LEVEL_NORMAL = 0.985;

/** Cell (i, j) has its middle at `x + i * cell`, `z + j * cell`. */
export interface Grid {
  x: number;
  z: number;
  cell: number;
  columns: number;
  rows: number;
  /** Above everything that can be seen from above. */
  top: number;
}

export interface Level {
  height: number;
  /** One byte a cell: 1 where the surface lies at this level. */
  cells: Uint8Array;
}

export function createGrid(index: SceneIndex, support: string, wanted: number): Grid {
  const { min, max } = worldBounds(index, support);
  const longest = Math.max(max[0] - min[0], max[2] - min[2]);
  const cell = Math.max(wanted, longest / MAX_CELLS);
  const columns = Math.max(1, Math.floor((max[0] - min[0]) / cell));
  const rows = Math.max(1, Math.floor((max[2] - min[2]) / cell));
  // The margin left over is shared by both ends.
  const x = (min[0] + max[0] - (columns - 1) * cell) / 2;
  const z = (min[2] + max[2] - (rows - 1) * cell) / 2;
  return { x, z, cell, columns, rows, top: max[1] + 1 };
}

function worldBounds(index: SceneIndex, name: string): { min: Vec3; max: Vec3 } {
  const { ground, objects } = index.scene;
  if (name === GROUND_NAME) {
    const { center, halfExtent, height } = ground;
    return {
      min: [center[0] - halfExtent, height, center[1] - halfExtent],
      max: [center[0] + halfExtent, height, center[1] + halfExtent],
    };
  }
  const { mesh, pose } = objects[index.find(name)];
  const positions = transformPositions(mesh.positions, pose.rotation, pose.translation, pose.size);
  return meshBounds({ positions, indices: mesh.indices });
}

/** Levels that are large enough, the largest first. */
export function findLevels(
  index: SceneIndex,
  support: string,
  grid: Grid,
  leastArea: number,
  unseen: boolean,
): Level[] {
  const { columns, rows, cell, top } = grid;
  if (support === GROUND_NAME) {
    const { ground, cameras } = index.scene;
    const isSeen = (at: number): boolean =>
      cameras.some((camera) => isInPicture(camera, cellPoint(grid, at, ground.height)));
    const cells = Uint8Array.from({ length: columns * rows }, (_, at) => (unseen || isSeen(at) ? 1 : 0));
    return [{ height: ground.height, cells }];
  }
  const target = index.find(support);
  const object = index.scene.objects[target];
  let faces: { at: number; height: number }[] = [];
  for (let at = 0; at < columns * rows; at++) {
    const ray = toCanonical(object, cellPoint(grid, at, top), [0, -1, 0]);
    for (const { triangle, distance, front } of index.surface(target).raycastAll(ray.origin, ray.direction)) {
      const normal = quat.rotate(object.pose.rotation, triangleNormal(object, triangle));
      if (front && normal[1] >= LEVEL_NORMAL) faces.push({ at, height: top - distance });
    }
  }
  const levels: Level[] = [];
  while (faces.length * cell * cell >= leastArea) {
    faces.sort((a, b) => a.height - b.height);
    const height = mostCommon(faces.map((face) => face.height));
    const cells = new Uint8Array(columns * rows);
    const [on, off] = [
      faces.filter((face) => isAt(face.height, height)),
      faces.filter((face) => !isAt(face.height, height)),
    ];
    for (const { at } of on) cells[at] = 1;
    if (on.length * cell * cell >= leastArea) levels.push({ height, cells });
    faces = off;
  }
  return levels;
}

function isInPicture({ width, height, fx, fy, cx, cy, cameraToWorld }: Camera, point: Vec3): boolean {
  const { rotation, translation } = cameraToWorld;
  const [x, y, z] = quat.rotate(quat.conjugate(rotation), vec3.sub(point, translation));
  const [u, v] = [cx + (fx * x) / z, cy + (fy * y) / z];
  return z > 0 && u >= 0 && u <= width && v >= 0 && v <= height;
}

const isAt = (height: number, level: number): boolean => Math.abs(height - level) <= LEVEL_METERS;

/** The middle of the fullest window of two level widths; the heights are in order. */
function mostCommon(heights: readonly number[]): number {
  let best = { count: 0, first: 0 };
  for (let first = 0, last = 0; first < heights.length; first++) {
    while (last < heights.length && heights[last] - heights[first] <= LEVEL_METERS) last++;
    if (last - first > best.count) best = { count: last - first, first };
  }
  return heights[best.first + Math.floor(best.count / 2)];
}

export const cellPoint = ({ x, z, cell, columns }: Grid, at: number, y: number): Vec3 => [
  x + (at % columns) * cell,
  y,
  z + Math.floor(at / columns) * cell,
];
