/** A part of a solid on its way to convex pieces. */
import { closedComponents, type Mesh } from '../../geometry/index.js';

/** A closed surface; cuts are closed along their plane. */
export interface Solid {
  /** Stride 3. */
  positions: Float64Array;
  /** Triangles, stride 3, into vertices, counter-clockwise seen from outside. */
  indices: Int32Array;
}

export const solidOf = ({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>): Solid => ({
  positions: Float64Array.from(positions),
  indices: Int32Array.from(indices),
});

/** The triangles for which `keep` holds, with the vertices that they use. */
export function subSolid({ positions, indices }: Solid, keep: (triangle: number) => boolean): Solid {
  const vertexOf = new Int32Array(positions.length / 3).fill(-1);
  const kept: number[] = [];
  const places: number[] = [];
  for (let k = 0; k < indices.length; k++) {
    if (!keep(Math.floor(k / 3))) continue;
    const vertex = indices[k];
    if (vertexOf[vertex] < 0) {
      vertexOf[vertex] = places.length / 3;
      places.push(positions[3 * vertex], positions[3 * vertex + 1], positions[3 * vertex + 2]);
    }
    kept.push(vertexOf[vertex]);
  }
  return { positions: Float64Array.from(places), indices: Int32Array.from(kept) };
}

interface Part {
  volume: number;
  min: number[];
  max: number[];
  /** The part that it belongs to: itself, or for a cavity the one around it. */
  owner: number;
}

/** What is not connected, apart. A cavity stays with the part that it lies in. */
export function splitSolid(solid: Solid): Solid[] {
  const { positions, indices } = solid;
  const { component, count } = closedComponents(indices, positions.length / 3);
  if (count <= 1) return [solid];
  const parts = Array.from({ length: count }, (_, owner): Part => ({
    volume: 0,
    min: [Infinity, Infinity, Infinity],
    max: [-Infinity, -Infinity, -Infinity],
    owner,
  }));
  for (let t = 0; t < component.length; t++) {
    const part = parts[component[t]];
    part.volume += sixfoldVolume(solid, t) / 6;
    for (let k = 0; k < 9; k++) {
      const value = positions[3 * indices[3 * t + Math.floor(k / 3)] + (k % 3)];
      if (value < part.min[k % 3]) part.min[k % 3] = value;
      if (value > part.max[k % 3]) part.max[k % 3] = value;
    }
  }
  for (const cavity of parts.filter(({ volume }) => volume <= 0)) cavity.owner = aroundCavity(parts, cavity);
  const owners = [...new Set(parts.map(({ owner }) => owner))].filter((owner) => owner >= 0 && parts[owner].volume > 0);
  return owners.map((owner) => subSolid(solid, (t) => parts[component[t]].owner === owner));
}

/** The smallest part that may hold a cavity, or -1. */
function aroundCavity(parts: readonly Part[], { volume, min, max }: Part): number {
  let found = -1;
  parts.forEach((part, i) => {
    const holds = part.volume > -volume && [0, 1, 2].every((k) => part.min[k] <= min[k] && max[k] <= part.max[k]);
    if (holds && (found < 0 || part.volume < parts[found].volume)) found = i;
  });
  return found;
}

/** Six times the signed volume between the solid's first vertex and a triangle. */
function sixfoldVolume({ positions, indices }: Solid, triangle: number): number {
  const [a, b, c] = [3 * indices[3 * triangle], 3 * indices[3 * triangle + 1], 3 * indices[3 * triangle + 2]];
  const [ox, oy, oz] = [positions[0], positions[1], positions[2]];
  const [ax, ay, az] = [positions[a] - ox, positions[a + 1] - oy, positions[a + 2] - oz];
  const [bx, by, bz] = [positions[b] - ox, positions[b + 1] - oy, positions[b + 2] - oz];
  const [cx, cy, cz] = [positions[c] - ox, positions[c + 1] - oy, positions[c + 2] - oz];
  return ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
}
