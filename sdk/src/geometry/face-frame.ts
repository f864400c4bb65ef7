/** The right-angled frame that a mesh's flat faces lean to. */
import type { Mesh, Quat, Vec3 } from './mesh.js';
import * as quat from './quat.js';
import * as vec3 from './vec3.js';

/** Faces within this angle of a direction count as facing along it: the cosine of 12 degrees. */
const ALIKE = 0.978;
/** Cells along the side of the cube that normals are sorted on. */
const CELLS = 12;

/**
 * x points along or against the direction that most area faces, y along or against the one that most of the rest
 * faces at a right angle to it. Null for a mesh without area. Rough or finely split faces do not mislead it; what
 * has no flat faces gives some frame.
 */
export function faceFrame(mesh: Pick<Mesh, 'positions' | 'indices'>): Quat | null {
  const normals = areaNormals(mesh);
  const x = commonDirection(normals);
  if (!x) return null;
  // What is left of the others across x; those along it have next to nothing.
  const across = normals
    .filter((normal) => Math.abs(vec3.dot(normal, x)) < 0.2 * vec3.length(normal))
    .map((normal) => vec3.addScaled(normal, x, -vec3.dot(normal, x)));
  const found = commonDirection(across) ?? vec3.perpendicular(x);
  const y = vec3.normalize(vec3.addScaled(found, x, -vec3.dot(found, x)), vec3.perpendicular(x));
  const z = vec3.cross(x, y);
  return quat.fromMat3([x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2], z[2]]);
}

/** The normals of all triangles, as long as twice their area. */
function areaNormals({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>): Vec3[] {
  const normals: Vec3[] = [];
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => vec3.at(positions, indices[i + k]));
    normals.push(vec3.cross(vec3.sub(b, a), vec3.sub(c, a)));
  }
  return normals;
}

/** The unit direction within `ALIKE` of which the longest normals lie, either sense. */
function commonDirection(normals: readonly Vec3[]): Vec3 | null {
  const cells = new Map<number, Vec3>();
  for (const normal of normals) {
    const cell = cellOf(normal);
    if (cell < 0) continue;
    const sum = cells.get(cell) ?? vec3.ZERO;
    cells.set(cell, vec3.addScaled(sum, normal, vec3.dot(sum, normal) < 0 ? -1 : 1));
  }
  const starts = [...cells.values()].sort((a, b) => vec3.length(b) - vec3.length(a)).slice(0, 8);
  let best: Vec3 | null = null;
  let most = 0;
  for (const start of starts) {
    const near = around(normals, vec3.normalize(start));
    const again = around(normals, vec3.normalize(near));
    if (vec3.length(again) > most) {
      most = vec3.length(again);
      best = vec3.normalize(again);
    }
  }
  return best;
}

/** The sum of the normals near a direction, all in its sense. */
function around(normals: readonly Vec3[], direction: Vec3): Vec3 {
  let [x, y, z] = [0, 0, 0];
  for (const [nx, ny, nz] of normals) {
    const along = nx * direction[0] + ny * direction[1] + nz * direction[2];
    if (Math.abs(along) < ALIKE * Math.sqrt(nx * nx + ny * ny + nz * nz)) continue;
    const sense = along < 0 ? -1 : 1;
    x += sense * nx;
    y += sense * ny;
    z += sense * nz;
  }
  return [x, y, z];
}

/** The cell of a cube's surface that a direction passes, opposite cells as one; -1 for no direction. */
function cellOf(direction: Vec3): number {
  const size = direction.map(Math.abs);
  const axis = size[0] >= size[1] && size[0] >= size[2] ? 0 : size[1] >= size[2] ? 1 : 2;
  if (!(size[axis] > 0)) return -1;
  const place = (k: number): number =>
    Math.min(CELLS - 1, Math.floor(((direction[k] / direction[axis] + 1) / 2) * CELLS));
  return (axis * CELLS + place((axis + 1) % 3)) * CELLS + place((axis + 2) % 3);
}
