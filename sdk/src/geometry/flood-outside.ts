/** Which voxels the outside reaches without crossing the surface. */
import { cellSize, toGrid, type GridShape } from './grid.js';
import type { Mesh } from './mesh.js';
import { checkClosed } from './weld.js';

export interface FloodResult {
  /** 1 where the outside reaches the voxel. */
  outside: Uint8Array;
  /** 1 where an outside voxel lies by surface that has outside on both its sides. */
  sheet: Uint8Array;
}

/**
 * Floods the grid from its border. A step between two neighbours is blocked where a triangle crosses it.
 *
 * @param corners Triangle corners, stride 9.
 * @param distances Unsigned distance of each voxel to the surface.
 */
export function floodOutside(
  mesh: Pick<Mesh, 'positions' | 'indices'>,
  corners: Float64Array,
  distances: Float32Array,
  options: GridShape & { closeHoles?: number },
): FloodResult {
  const { resolution } = options;
  // One more layer all round: what lies there is outside, whatever touches the grid's border.
  const padded = resolution + 2;
  const steps = [1, padded, padded * padded];
  const blocked = crossedSteps(corners, options);
  const holes = options.closeHoles ?? (checkClosed(mesh).closed ? 0 : 1);
  const wall = holes * cellSize(options);
  const near = new Uint8Array(padded ** 3);
  if (wall > 0) forEachCell(resolution, (cell, i) => (near[cell] = distances[i] < wall ? 1 : 0));

  const outside = new Uint8Array(padded ** 3);
  const depth = new Uint8Array(padded ** 3);
  const queue = new Int32Array(padded ** 3);
  let end = 1;
  outside[0] = 1;
  const spread = (from: number, mayEnter: (next: number, cell: number) => boolean): void => {
    for (let head = from; head < end; head++) {
      const cell = queue[head];
      for (let axis = 0; axis < 3; axis++) {
        const step = steps[axis];
        const place = Math.floor(cell / step) % padded;
        for (let next = place > 0 ? cell - step : cell + step; next <= cell + step; next += 2 * step) {
          if (next > cell && place === padded - 1) break;
          if (outside[next] || blocked[axis][Math.min(cell, next)] || !mayEnter(next, cell)) continue;
          outside[next] = 1;
          queue[end++] = next;
        }
      }
    }
  };
  spread(0, (next) => near[next] === 0);
  if (wall > 0) {
    // Back into what was only held off for being near the surface; a few steps, so as not to pass through holes.
    const limit = Math.ceil(holes) + 1;
    spread(0, (next, cell) => {
      if (near[next] === 0 || depth[cell] >= limit) return false;
      depth[next] = depth[cell] + 1;
      return true;
    });
  }
  return { outside: inner(outside, resolution), sheet: inner(findSheets(outside, blocked, padded), resolution) };
}

/**
 * For each axis, a byte per padded voxel: not 0 where the step to the next voxel along the axis crosses a
 * triangle, FACING where it does so within 60 degrees of the triangle's normal.
 */
function crossedSteps(corners: Float64Array, shape: GridShape): [Uint8Array, Uint8Array, Uint8Array] {
  const padded = shape.resolution + 2;
  const steps = [1, padded, padded * padded];
  const crossed: [Uint8Array, Uint8Array, Uint8Array] = [
    new Uint8Array(padded ** 3),
    new Uint8Array(padded ** 3),
    new Uint8Array(padded ** 3),
  ];
  const grid = new Float64Array(9);
  for (let offset = 0; offset < corners.length; offset += 9) {
    for (let k = 0; k < 9; k++) grid[k] = toGrid(corners[offset + k], shape) + 1;
    for (let axis = 0; axis < 3; axis++) markCrossings(grid, axis, padded, steps, crossed[axis]);
  }
  return crossed;
}

const FACING = 3;

/** Whether the normal of a triangle lies within 60 degrees of `axis`; `area` is twice its area seen along the axis. */
function isFacing(grid: Float64Array, axis: number, area: number): boolean {
  const u = (axis + 1) % 3;
  const v = (axis + 2) % 3;
  const [ua, ub, va, vb] = [grid[3 + u] - grid[u], grid[6 + u] - grid[u], grid[3 + v] - grid[v], grid[6 + v] - grid[v]];
  const [wa, wb] = [grid[3 + axis] - grid[axis], grid[6 + axis] - grid[axis]];
  return 2 * Math.abs(area) >= Math.hypot(area, va * wb - wa * vb, wa * ub - ua * wb);
}

/** Marks the steps along `axis` that one triangle, in padded grid coordinates, crosses. */
function markCrossings(
  grid: Float64Array,
  axis: number,
  padded: number,
  steps: readonly number[],
  crossed: Uint8Array,
): void {
  const u = (axis + 1) % 3;
  const v = (axis + 2) % 3;
  const au = grid[u];
  const av = grid[v];
  const bu = grid[3 + u];
  const bv = grid[3 + v];
  const cu = grid[6 + u];
  const cv = grid[6 + v];
  const area = (bu - au) * (cv - av) - (bv - av) * (cu - au);
  if (area === 0) return;
  const fromU = Math.max(0, Math.ceil(Math.min(au, bu, cu)));
  const toU = Math.min(padded - 1, Math.floor(Math.max(au, bu, cu)));
  const fromV = Math.max(0, Math.ceil(Math.min(av, bv, cv)));
  const toV = Math.min(padded - 1, Math.floor(Math.max(av, bv, cv)));
  // Lines through an edge count as crossing both triangles beside it: blocking twice does no harm, a leak does.
  const slack = -1e-9;
  if (fromU > toU || fromV > toV) return;
  const mark = isFacing(grid, axis, area) ? FACING : 1;
  for (let j = fromV; j <= toV; j++) {
    for (let i = fromU; i <= toU; i++) {
      const wb = ((i - au) * (cv - av) - (j - av) * (cu - au)) / area;
      const wc = ((bu - au) * (j - av) - (bv - av) * (i - au)) / area;
      if (wb < slack || wc < slack || 1 - wb - wc < slack) continue;
      const along = Math.floor(grid[axis] + wb * (grid[3 + axis] - grid[axis]) + wc * (grid[6 + axis] - grid[axis]));
      if (along >= 0 && along < padded - 1) crossed[along * steps[axis] + i * steps[u] + j * steps[v]] |= mark;
    }
  }
}

/**
 * Voxels at, or next to, a crossed step with outside at both ends. A step that only grazes the surface, or
 * that lies by an inside voxel, is no sheet: it cuts off a bulge or a ridge of a solid part.
 */
function findSheets(outside: Uint8Array, blocked: readonly Uint8Array[], padded: number): Uint8Array {
  const steps = [1, padded, padded * padded];
  const inside = new Uint8Array(outside.length);
  for (let i = 0; i < inside.length; i++) inside[i] = 1 - outside[i];
  const byInside = dilate(inside, steps);
  const core = new Uint8Array(outside.length);
  for (let axis = 0; axis < 3; axis++) {
    for (let cell = 0; cell + steps[axis] < outside.length; cell++) {
      if (blocked[axis][cell] !== FACING) continue;
      const next = cell + steps[axis];
      if (byInside[cell] === 0 && byInside[next] === 0) core[cell] = core[next] = 1;
    }
  }
  return dilate(core, steps);
}

/** Wider by one voxel, one axis after another. The outermost layer stays empty. */
function dilate(values: Uint8Array, steps: readonly number[]): Uint8Array {
  let wide = values;
  for (const step of steps) {
    const wider = new Uint8Array(wide.length);
    for (let cell = step; cell + step < wide.length; cell++) {
      wider[cell] = wide[cell] | wide[cell - step] | wide[cell + step];
    }
    wide = wider;
  }
  return wide;
}

/** Calls back with each cell's index in the padded grid and in the plain one. */
function forEachCell(resolution: number, visit: (paddedIndex: number, index: number) => void): void {
  const padded = resolution + 2;
  for (let z = 0, i = 0; z < resolution; z++) {
    for (let y = 0; y < resolution; y++) {
      for (let x = 0; x < resolution; x++, i++) visit(((z + 1) * padded + y + 1) * padded + x + 1, i);
    }
  }
}

function inner(values: Uint8Array, resolution: number): Uint8Array {
  const result = new Uint8Array(resolution ** 3);
  forEachCell(resolution, (cell, i) => (result[i] = values[cell]));
  return result;
}
