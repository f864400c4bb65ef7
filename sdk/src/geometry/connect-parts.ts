/** One body out of a field whose surface falls into parts. */
import { createQueue } from './queue.js';

export interface ConnectPartsOptions {
  /** Lower is inside. */
  level: number;
  /** How much the field grows over one cell away from the surface. */
  slope: number;
  /** Half the thickness of what connects, cells. */
  radius?: number;
  /** Parts with less than this share of the largest part's cells stay as they are. */
  minPartShare: number;
}

const RADIUS = 1.25;
/** A step through what is already inside costs so much of one at the surface: paths are short, too. */
const STEP = 0.25;

/**
 * A copy of `field` in which every large part is joined to the largest by a neck. Thin things break first when a field
 * is coarse or unsure: the neck runs where the field is least sure that there is nothing.
 *
 * @param field Signed distances, [z][y][x], x fastest, `resolution` cells along a side.
 */
export function connectParts(
  field: ArrayLike<number>,
  resolution: number,
  { level, slope, radius = RADIUS, minPartShare }: ConnectPartsOptions,
): Float32Array {
  const result = new Float32Array(field);
  const { part, sizes } = insideParts(result, resolution, level);
  if (sizes.length < 2) return result;
  const order = sizes.map((_, i) => i).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const wanted = new Set(order.slice(1).filter((i) => sizes[i] >= minPartShare * sizes[order[0]]));
  const body = new Set([order[0]]);
  while (wanted.size > 0) {
    const path = cheapestPath(result, resolution, level, part, body, wanted);
    const reached = part[path[0]];
    for (const cell of path) thicken(result, resolution, cell, level, slope, radius);
    wanted.delete(reached);
    body.add(reached);
  }
  return result;
}

/** Cells inside, numbered by the part they belong to (-1 outside), joined across faces. */
function insideParts(field: Float32Array, resolution: number, level: number): { part: Int32Array; sizes: number[] } {
  const part = new Int32Array(field.length).fill(-1);
  const sizes: number[] = [];
  const plane = resolution * resolution;
  const queue = new Int32Array(field.length);
  let end = 0;
  const enter = (cell: number): void => {
    if (part[cell] >= 0 || !(field[cell] < level)) return;
    part[cell] = sizes.length;
    queue[end++] = cell;
  };
  for (let first = 0; first < field.length; first++) {
    const begin = end;
    enter(first);
    for (let head = begin; head < end; head++) {
      const cell = queue[head];
      const x = cell % resolution;
      const inPlane = cell % plane;
      if (x > 0) enter(cell - 1);
      if (x < resolution - 1) enter(cell + 1);
      if (inPlane >= resolution) enter(cell - resolution);
      if (inPlane < plane - resolution) enter(cell + resolution);
      if (cell >= plane) enter(cell - plane);
      if (cell < field.length - plane) enter(cell + plane);
    }
    if (end > begin) sizes.push(end - begin);
  }
  return { part, sizes };
}

/** From a cell of a wanted part back to the body: a step costs what the field lies above the level (Dijkstra). */
function cheapestPath(
  field: Float32Array,
  resolution: number,
  level: number,
  part: Int32Array,
  body: ReadonlySet<number>,
  wanted: ReadonlySet<number>,
): number[] {
  const cost = new Float64Array(field.length).fill(Infinity);
  const from = new Int32Array(field.length).fill(-1);
  const queue = createQueue(field.length);
  for (let i = 0; i < field.length; i++) {
    if (!body.has(part[i])) continue;
    cost[i] = 0;
    queue.set(i, 0);
  }
  while (queue.size() > 0) {
    const cell = queue.pop();
    if (wanted.has(part[cell])) {
      const path = [cell];
      while (from[path[path.length - 1]] >= 0) path.push(from[path[path.length - 1]]);
      return path;
    }
    for (const next of neighbours(cell, resolution)) {
      const step = cost[cell] + STEP + Math.max(0, Number.isNaN(field[next]) ? 1e6 : field[next] - level);
      if (step >= cost[next]) continue;
      cost[next] = step;
      from[next] = cell;
      queue.set(next, step);
    }
  }
  throw new Error('a grid is connected, so that a path is always found');
}

/** Puts a ball of `radius` cells into the field. */
function thicken(
  field: Float32Array,
  resolution: number,
  cell: number,
  level: number,
  slope: number,
  radius: number,
): void {
  const [x, y, z] = place(cell, resolution);
  const reach = Math.ceil(radius) + 1;
  const from = (value: number): number => Math.max(0, value - reach);
  const to = (value: number): number => Math.min(resolution - 1, value + reach);
  for (let w = from(z); w <= to(z); w++) {
    for (let v = from(y); v <= to(y); v++) {
      for (let u = from(x); u <= to(x); u++) {
        const i = (w * resolution + v) * resolution + u;
        const ball = level + slope * (Math.hypot(u - x, v - y, w - z) - radius);
        if (!(field[i] <= ball)) field[i] = ball;
      }
    }
  }
}

const place = (cell: number, resolution: number): [number, number, number] => [
  cell % resolution,
  Math.floor(cell / resolution) % resolution,
  Math.floor(cell / (resolution * resolution)),
];

function neighbours(cell: number, resolution: number): number[] {
  const [x, y, z] = place(cell, resolution);
  const plane = resolution * resolution;
  const found: number[] = [];
  if (x > 0) found.push(cell - 1);
  if (x < resolution - 1) found.push(cell + 1);
  if (y > 0) found.push(cell - resolution);
  if (y < resolution - 1) found.push(cell + resolution);
  if (z > 0) found.push(cell - plane);
  if (z < resolution - 1) found.push(cell + plane);
  return found;
}
