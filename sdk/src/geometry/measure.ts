/** Size, area and volume of meshes, and meshes moved about. */
import type { Box3, Mesh, Quat, Vec3 } from './mesh.js';
import * as quat from './quat.js';

/** The box around all vertices that a triangle uses. Empty without triangles. */
export function meshBounds({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>): Box3 {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < indices.length; i++) {
    for (let axis = 0; axis < 3; axis++) {
      const value = positions[3 * indices[i] + axis];
      if (value < min[axis]) min[axis] = value;
      if (value > max[axis]) max[axis] = value;
    }
  }
  return { min, max };
}

/** Total area of the triangles. */
export function meshArea({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>): number {
  let area = 0;
  for (let i = 0; i + 2 < indices.length; i += 3)
    area += triangleArea(positions, indices[i], indices[i + 1], indices[i + 2]);
  return area;
}

/** Area of the triangle between three vertices. */
export function triangleArea(positions: ArrayLike<number>, a: number, b: number, c: number): number {
  const ux = positions[3 * b] - positions[3 * a];
  const uy = positions[3 * b + 1] - positions[3 * a + 1];
  const uz = positions[3 * b + 2] - positions[3 * a + 2];
  const vx = positions[3 * c] - positions[3 * a];
  const vy = positions[3 * c + 1] - positions[3 * a + 1];
  const vz = positions[3 * c + 2] - positions[3 * a + 2];
  return Math.hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx) / 2;
}

/** Volume inside a closed mesh; negative when its triangles face inward. Meaningless for an open mesh. */
export function meshVolume({
  positions,
  indices,
}: {
  positions: ArrayLike<number>;
  indices: ArrayLike<number>;
}): number {
  if (indices.length === 0) return 0;
  // Measured from one of the mesh's own vertices: far from the origin the sum would lose digits.
  const o = 3 * indices[0];
  let sixfold = 0;
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const a = 3 * indices[i];
    const b = 3 * indices[i + 1];
    const c = 3 * indices[i + 2];
    const ax = positions[a] - positions[o];
    const ay = positions[a + 1] - positions[o + 1];
    const az = positions[a + 2] - positions[o + 2];
    const bx = positions[b] - positions[o];
    const by = positions[b + 1] - positions[o + 1];
    const bz = positions[b + 2] - positions[o + 2];
    const cx = positions[c] - positions[o];
    const cy = positions[c + 1] - positions[o + 1];
    const cz = positions[c + 2] - positions[o + 2];
    sixfold += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  }
  return sixfold / 6;
}

/** `rotation * (size * p) + translation` of every position; stride 3. Written to `result` where that is given. */
export function transformPositions(
  positions: ArrayLike<number>,
  rotation: Quat,
  translation: Vec3,
  size = 1,
  result = new Float32Array(positions.length),
): Float32Array {
  const m = quat.toMat3(rotation);
  for (let i = 0; i + 2 < positions.length; i += 3) {
    const x = positions[i] * size;
    const y = positions[i + 1] * size;
    const z = positions[i + 2] * size;
    result[i] = m[0] * x + m[1] * y + m[2] * z + translation[0];
    result[i + 1] = m[3] * x + m[4] * y + m[5] * z + translation[1];
    result[i + 2] = m[6] * x + m[7] * y + m[8] * z + translation[2];
  }
  return result;
}

/** The mesh with every triangle facing the other way. */
export function flipMesh(mesh: Mesh): Mesh {
  const indices = mesh.indices.slice();
  for (let i = 0; i + 2 < indices.length; i += 3) {
    indices[i + 1] = mesh.indices[i + 2];
    indices[i + 2] = mesh.indices[i + 1];
  }
  return { ...mesh, indices, ...(mesh.normals && { normals: mesh.normals.map((n) => -n) }) };
}
