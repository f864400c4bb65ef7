/**
 * Where a thing of a given footprint can be put down.
 *
 * The support's upward surface is looked at along a grid of vertical rays, level by level, since a shelf has
 * several boards; what has nothing in the way above is free. Spots are then checked against the colliders.
 */
import { meshBounds, quat, transformPositions, vec3, type MeshBvh, type Vec3 } from '../geometry/index.js';
import { bodyDistance, createBody } from '../physics/collide/body.js';
import { SceneMakerError } from '../protocol/errors.js';
import type { Collider } from '../scene/index.js';
import { distanceToTrue } from './distance-map.js';
import { toCanonical, triangleNormal } from './raycast.js';
import { GROUND_NAME, type SceneIndex } from './scene-index.js';

/** Metres. A rectangle may be turned about the vertical, its width along its own x. */
export type Footprint = { width: number; depth: number } | { radius: number };

export interface FreeSpaceOptions {
  footprint: Footprint;
  /** Room needed above the surface, metres. Absent: the footprint's longest side. */
  height?: number;
  /** Least distance to the edge and to other things, metres. Absent: 0. */
  clearance?: number;
  /** The spots nearest to this point come first. Absent: those with the most room around them. */
  near?: Vec3;
  /** The most spots returned. Absent: 8. */
  count?: number;
}

export interface FreeSpot {
  /** Middle of the footprint, on the surface. */
  center: Vec3;
  /** Turn about the vertical, radians, 0 to below pi; 0 for a round footprint. */
  yaw: number;
  /** Distance to the nearest edge or thing, metres, to within a cell of the grid. */
  clearance: number;
}

/** Cells along the shorter side of a footprint, and the most along a side of the grid. */
const CELLS_ACROSS = 8;
const MAX_CELLS = 128;
/** Heights that count as one level, metres, and the least y of a level surface's normal: 10 degrees. */
const LEVEL_METERS = 4e-3;
const LEVEL_NORMAL = 0.985;
const YAWS = 8;

/**
 * Spots on `support` (an id, an unambiguous label or `ground`), the best first. No two lie nearer to each other
 * than half the footprint's shorter side.
 *
 * @throws SceneMakerError `bad-request` for an unknown support or a footprint without size.
 */
export function freeSpots(index: SceneIndex, support: string, options: FreeSpaceOptions): FreeSpot[] {
  const { footprint, clearance = 0, near, count = 8 } = options;
  const sides = 'radius' in footprint ? [2 * footprint.radius] : [footprint.width, footprint.depth];
  const [least, most] = [Math.min(...sides), Math.max(...sides)];
  const height = options.height ?? most;
  if (!(least > 0 && most < Infinity && height > 0 && clearance >= 0)) {
    throw new SceneMakerError('bad-request', 'a footprint and its height are positive, its clearance is not negative', {
      given: options,
    });
  }
  const grid = createGrid(index, support, least / CELLS_ACROSS);
  const spots = findLevels(index, support, grid, least * least).flatMap((level) =>
    spotsOnLevel(index, support, grid, level, { footprint, height, clearance }),
  );
  const awkwardness = (spot: FreeSpot): number => (near ? vec3.distance(spot.center, near) : -spot.clearance);
  spots.sort((a, b) => awkwardness(a) - awkwardness(b));
  const kept: FreeSpot[] = [];
  for (const spot of spots) {
    if (kept.length >= count) break;
    if (kept.some(({ center }) => vec3.distance(center, spot.center) < least / 2)) continue;
    if (isFree(index, support, spot, footprint, height)) kept.push(spot);
  }
  return kept;
}

/** Cell (i, j) has its middle at `x + i * cell`, `z + j * cell`. */
interface Grid {
  x: number;
  z: number;
  cell: number;
  columns: number;
  rows: number;
  /** Above everything that can be seen from above. */
  top: number;
}

interface Level {
  height: number;
  /** One byte a cell: 1 where the surface lies at this level. */
  cells: Uint8Array;
}

function createGrid(index: SceneIndex, support: string, wanted: number): Grid {
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
function findLevels(index: SceneIndex, support: string, grid: Grid, leastArea: number): Level[] {
  const { columns, rows, cell, top } = grid;
  if (support === GROUND_NAME)
    return [{ height: index.scene.ground.height, cells: new Uint8Array(columns * rows).fill(1) }];
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

const cellPoint = ({ x, z, cell, columns }: Grid, at: number, y: number): Vec3 => [
  x + (at % columns) * cell,
  y,
  z + Math.floor(at / columns) * cell,
];

interface Need {
  footprint: Footprint;
  height: number;
  clearance: number;
}

function spotsOnLevel(index: SceneIndex, support: string, grid: Grid, level: Level, need: Need): FreeSpot[] {
  const { columns, rows, cell } = grid;
  const taken = level.cells.map((on, at) =>
    on && !isBlocked(index, cellPoint(grid, at, level.height), need.height, support) ? 0 : 1,
  );
  const distances = distanceToTrue(taken, columns, rows).map((cells) => (cells - 0.5) * cell);
  const { footprint } = need;
  const reach = 'radius' in footprint ? footprint.radius : Math.min(footprint.width, footprint.depth) / 2;
  const roomAt = (x: number, z: number): number => {
    const [i, j] = [Math.round((x - grid.x) / cell), Math.round((z - grid.z) / cell)];
    return i < 0 || j < 0 || i >= columns || j >= rows ? -Infinity : distances[j * columns + i];
  };
  const spots: FreeSpot[] = [];
  for (let at = 0; at < columns * rows; at++) {
    if (distances[at] < reach + need.clearance) continue;
    const center = cellPoint(grid, at, level.height);
    if ('radius' in footprint) {
      spots.push({ center, yaw: 0, clearance: distances[at] - reach });
      continue;
    }
    for (let k = 0; k < YAWS; k++) {
      const yaw = (Math.PI * k) / YAWS;
      const room = roomOfRectangle(center, yaw, footprint, cell, roomAt);
      if (room >= need.clearance) spots.push({ center, yaw, clearance: Math.max(0, room) });
    }
  }
  return spots;
}

/** The least room of any point of a turned rectangle. */
function roomOfRectangle(
  center: Vec3,
  yaw: number,
  { width, depth }: { width: number; depth: number },
  cell: number,
  roomAt: (x: number, z: number) => number,
): number {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const [across, along] = [Math.ceil(width / cell), Math.ceil(depth / cell)];
  let room = Infinity;
  for (let i = 0; i <= across; i++) {
    for (let j = 0; j <= along; j++) {
      const [u, v] = [(i / across - 0.5) * width, (j / along - 0.5) * depth];
      room = Math.min(room, roomAt(center[0] + c * u + s * v, center[2] - s * u + c * v));
      if (room < 0) return room;
    }
  }
  return room;
}

/** Whether anything, the support itself too, is in the room above a point of its surface. */
function isBlocked(index: SceneIndex, point: Vec3, height: number, support: string): boolean {
  const from = vec3.add(point, [0, LEVEL_METERS, 0]);
  return index.bodies.some(({ id, translation, extent }, i) => {
    if (from[0] < translation[0] + extent[0] || from[0] > translation[0] + extent[3]) return false;
    if (from[2] < translation[2] + extent[2] || from[2] > translation[2] + extent[5]) return false;
    const ray = toCanonical(index.scene.objects[i], from, vec3.UP);
    const hits = index.surface(i).raycastAll(ray.origin, ray.direction);
    return hits.some(({ distance }) => distance < height) || (id !== support && isWithin(hits));
  });
}

const isWithin = (hits: ReturnType<MeshBvh['raycastAll']>): boolean =>
  hits.reduce((winding, { front }) => winding + (front ? -1 : 1), 0) !== 0;

/** The exact check, against the colliders of all but the support. */
function isFree(
  index: SceneIndex,
  support: string,
  { center, yaw }: FreeSpot,
  footprint: Footprint,
  height: number,
): boolean {
  const shape: Collider =
    'radius' in footprint
      ? {
          kind: 'cylinder',
          center: vec3.ZERO,
          rotation: quat.IDENTITY,
          radius: footprint.radius,
          halfHeight: height / 2,
        }
      : {
          kind: 'box',
          center: vec3.ZERO,
          rotation: quat.IDENTITY,
          halfExtents: [footprint.width / 2, height / 2, footprint.depth / 2],
        };
  const translation = vec3.add(center, [0, height / 2 + LEVEL_METERS, 0]);
  const probe = createBody('probe', [shape], { translation, rotation: quat.fromAxisAngle(vec3.UP, yaw), size: 1 });
  const self = support === GROUND_NAME ? -1 : index.find(support);
  return index.bodies.every((body, i) => i === self || bodyDistance(probe, body, 0) === null);
}
