/** Small holes in a surface, closed where they are. */
import type { Mesh } from './mesh.js';
import * as vec3 from './vec3.js';

/**
 * Closes each hole no wider than `maxWidth`, and each of a single triangle, by triangles that fan out from the
 * middle of its rim. Vertices must be shared between neighbours, as `weld` leaves them.
 */
export function fillHoles({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>, maxWidth: number): Mesh {
  const places = [...positions];
  const filled = [...indices];
  for (const rim of holeRims(indices, positions.length / 3)) {
    let middle = vec3.ZERO;
    for (const vertex of rim) middle = vec3.addScaled(middle, vec3.at(positions, vertex), 1 / rim.length);
    const reach = Math.max(...rim.map((vertex) => vec3.distance(vec3.at(positions, vertex), middle)));
    if (rim.length > 3 && 2 * reach > maxWidth) continue;
    const apex = places.length / 3;
    places.push(...middle);
    rim.forEach((vertex, i) => filled.push(vertex, rim[(i + 1) % rim.length], apex));
  }
  return { positions: Float32Array.from(places), indices: Uint32Array.from(filled) };
}

/** Loops of vertices around holes, in the sense in which triangles that fill them use their edges. */
function holeRims(indices: ArrayLike<number>, vertexCount: number): number[][] {
  const open = new Map<number, number>();
  for (let i = 0; i < indices.length; i++) {
    const [from, to] = [indices[i], indices[i % 3 === 2 ? i - 2 : i + 1]];
    if (!open.delete(from * vertexCount + to)) open.set(to * vertexCount + from, to);
  }
  const next = new Map<number, number[]>();
  for (const [edge, from] of open) {
    const list = next.get(from) ?? [];
    next.set(from, list);
    list.push(edge % vertexCount);
  }
  const rims: number[][] = [];
  for (const [start, list] of next) {
    while (list.length > 0) {
      const rim = [start];
      let at = list.pop();
      for (; at !== undefined && at !== start; at = next.get(at)?.pop()) rim.push(at);
      if (at === start && rim.length > 2) rims.push(rim);
    }
  }
  return rims;
}
