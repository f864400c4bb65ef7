/**
 * Where a thing of a given footprint can be put down.
 *
 * The support's upward surface is looked at along a grid of vertical rays, level by level, since a shelf has
 * several boards; what has nothing in the way above is free. Spots are then checked against the colliders.
 */
import { quat, vec3, type MeshBvh, type Vec3 } from '../geometry/index.js';
import { bodyDistance, createBody } from '../physics/collide/body.js';
import { SceneMakerError } from '../protocol/errors.js';
import type { Collider } from '../scene/index.js';
import { distanceToTrue } from './distance-map.js';
import { cellPoint, createGrid, findLevels, type Grid, type Level, LEVEL_METERS } from './levels.js';
import { toCanonical } from './raycast.js';
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
  /** On the ground also where no camera of the scene looks, and nobody knows what is there. Absent: no. */
  unseen?: boolean;
  /** The most spots returned. Absent: 8. */
  count?: number;
}

/** In the world. */
export interface FreeSpot {
  /** Middle of the footprint, on the surface. */
  center: Vec3;
  /** Turn about the vertical, radians, 0 to below pi; 0 for a round footprint. */
  yaw: number;
  /** Distance to the nearest edge or thing, metres, to within a cell of the grid. */
  clearance: number;
}

/** Cells along the shorter side of a footprint. */
const CELLS_ACROSS = 8;
const YAWS = 8;

/**
 * Spots on `support` (an id, an unambiguous label or `ground`), the best first. No two lie nearer to each other
 * than half the footprint's shorter side. On the ground they lie within a camera's picture; things in front may hide
 * them there.
 *
 * @throws SceneMakerError `bad-request` for an unknown support or a footprint without size.
 */
export function freeSpots(index: SceneIndex, support: string, options: FreeSpaceOptions): FreeSpot[] {
  const { footprint, clearance = 0, near, unseen = false, count = 8 } = options;
  const sides = 'radius' in footprint ? [2 * footprint.radius] : [footprint.width, footprint.depth];
  const [least, most] = [Math.min(...sides), Math.max(...sides)];
  const height = options.height ?? most;
  if (!(least > 0 && most < Infinity && height > 0 && clearance >= 0)) {
    throw new SceneMakerError('bad-request', 'a footprint and its height are positive, its clearance is not negative', {
      given: options,
    });
  }
  const grid = createGrid(index, support, least / CELLS_ACROSS);
  const spots = findLevels(index, support, grid, least * least, unseen).flatMap((level) =>
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
