/** What a closed mesh that runs through itself encloses more than once. */
import type { Mesh, Vec3 } from './mesh.js';

/** Integrals over a solid of 1, of x y z, and of x x, y y, z z, x y, y z, z x. */
export interface Moments {
  volume: number;
  first: [number, number, number];
  second: [number, number, number, number, number, number];
}

/** Columns along the longer side of the mesh's box seen from above. */
const COLUMNS = 96;
/** Off the middle, so that columns miss the edges of meshes whose vertices lie on grids. */
const OFFSET = [0.4871, 0.5113] as const;

/**
 * The moments, about `origin`, of what the mesh winds around more than once, counted as often as it is too many.
 *
 * Upright columns are cut where they pass the surface; between cuts the winding number is how many surfaces were
 * entered less those left. Exact along the columns; their spacing makes an error of about a hundredth.
 */
export function excessMoments({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>, origin: Vec3): Moments {
  const moments: Moments = { volume: 0, first: [0, 0, 0], second: [0, 0, 0, 0, 0, 0] };
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const vertex of indices) {
    for (const [k, axis] of [0, 2].entries()) {
      box[k] = Math.min(box[k], positions[3 * vertex + axis]);
      box[k + 2] = Math.max(box[k + 2], positions[3 * vertex + axis]);
    }
  }
  const step = Math.max(box[2] - box[0], box[3] - box[1]) / COLUMNS;
  if (!(step > 0)) return moments;
  const width = Math.max(1, Math.ceil((box[2] - box[0]) / step));
  const columns = cutColumns({ positions, indices }, box, step, width);
  columns.forEach((cuts, column) => {
    cuts.sort((a, b) => a.height - b.height);
    const x = box[0] + ((column % width) + OFFSET[0]) * step - origin[0];
    const z = box[1] + (Math.floor(column / width) + OFFSET[1]) * step - origin[2];
    let winding = 0;
    cuts.forEach(({ height, entered }, i) => {
      winding += entered;
      // A mesh that faces inward winds the other way.
      const times = Math.abs(winding) - 1;
      if (times < 1 || i + 1 === cuts.length) return;
      const [low, high] = [height - origin[1], cuts[i + 1].height - origin[1]];
      addColumn(moments, x, z, low, high, times * step * step);
    });
  });
  return moments;
}

interface Cut {
  height: number;
  /** 1 where an upward line goes into the solid, -1 where it leaves. */
  entered: number;
}

function cutColumns(
  { positions, indices }: Pick<Mesh, 'positions' | 'indices'>,
  box: readonly number[],
  step: number,
  width: number,
): Cut[][] {
  const depth = Math.max(1, Math.ceil((box[3] - box[1]) / step));
  const columns = Array.from({ length: width * depth }, (): Cut[] => []);
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const [a, b, c] = [3 * indices[i], 3 * indices[i + 1], 3 * indices[i + 2]];
    const [ax, ay, az] = [positions[a], positions[a + 1], positions[a + 2]];
    const [bx, by, bz] = [positions[b] - ax, positions[b + 1] - ay, positions[b + 2] - az];
    const [cx, cy, cz] = [positions[c] - ax, positions[c + 1] - ay, positions[c + 2] - az];
    // Twice the area seen from below, positive for a face that looks down.
    const area = bx * cz - bz * cx;
    if (area === 0) continue;
    const columnsFrom = (low: number, k: number): number => Math.max(0, Math.ceil((low - box[k]) / step - OFFSET[k]));
    const columnsTo = (high: number, k: number, count: number): number =>
      Math.min(count - 1, Math.floor((high - box[k]) / step - OFFSET[k]));
    const rowTo = columnsTo(az + Math.max(0, bz, cz), 1, depth);
    for (let row = columnsFrom(az + Math.min(0, bz, cz), 1); row <= rowTo; row++) {
      const z = box[1] + (row + OFFSET[1]) * step - az;
      const placeTo = columnsTo(ax + Math.max(0, bx, cx), 0, width);
      for (let place = columnsFrom(ax + Math.min(0, bx, cx), 0); place <= placeTo; place++) {
        const x = box[0] + (place + OFFSET[0]) * step - ax;
        const v = (x * cz - z * cx) / area;
        const w = (bx * z - bz * x) / area;
        if (v < 0 || w < 0 || v + w > 1) continue;
        columns[row * width + place].push({ height: ay + v * by + w * cy, entered: Math.sign(area) });
      }
    }
  }
  return columns;
}

/** Adds an upright column of such a cross-section, from `low` to `high`. */
function addColumn(moments: Moments, x: number, z: number, low: number, high: number, section: number): void {
  const [length, square, cube] = [high - low, (high ** 2 - low ** 2) / 2, (high ** 3 - low ** 3) / 3].map(
    (integral) => integral * section,
  );
  const { first, second } = moments;
  moments.volume += length;
  first[0] += x * length;
  first[1] += square;
  first[2] += z * length;
  second[0] += x * x * length;
  second[1] += cube;
  second[2] += z * z * length;
  second[3] += x * square;
  second[4] += z * square;
  second[5] += z * x * length;
}
