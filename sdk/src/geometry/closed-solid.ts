/** A closed solid from a mesh of any quality. */
import { createMeshBvh } from './bvh.js';
import { clusterVertices } from './cluster.js';
import { closedComponents } from './components.js';
import { meshToDistanceField } from './distance-field.js';
import { fieldToMesh } from './field-to-mesh.js';
import { fillHoles } from './fill-holes.js';
import { meshBounds, meshVolume } from './measure.js';
import type { Mesh } from './mesh.js';
import * as vec3 from './vec3.js';
import { checkClosed, weld } from './weld.js';

export interface ClosedSolid {
  /** Closed by index, facing outward; null where there is no surface, or one without extent. */
  solid: Mesh | null;
  /** What was wrong with the mesh and what was done about it. */
  notes: string[];
}

/** Above this many triangles a mesh is thinned out first, so that the rest takes bounded time. */
export const MAX_SOLID_TRIANGLES = 100_000;
/** Cells along the longest side that it is thinned out to, and that an open mesh is filled on. */
const CLUSTER_CELLS = 96;
const FIELD_CELLS = 48;
/** Of the longest side: points nearer than this are one, and holes wider than this are meant. */
const WELD_SHARE = 1e-5;
const HOLE_SHARE = 0.2;
/** A solid fills at least this share of its box. */
const LEAST_FILLED = 1e-4;

/**
 * The solid that a mesh stands for. Triangles with corners that are not finite or do not exist are left out, small
 * holes filled, parts that face inward turned. What is open all the same, or encloses next to nothing, is filled
 * by way of a distance field: sheets then become about a fortieth of the mesh's size thick.
 */
export function closedSolid(mesh: Pick<Mesh, 'positions' | 'indices'>): ClosedSolid {
  const notes: string[] = [];
  let solid: Mesh = withoutBrokenTriangles(mesh);
  const left = Math.ceil(mesh.indices.length / 3) - solid.indices.length / 3;
  if (left > 0) notes.push(`${left} triangles with corners that are not finite or do not exist were left out`);
  const { min, max } = meshBounds(solid);
  const sides = vec3.sub(max, min);
  const size = Math.max(...sides);
  if (!(size > 0)) return { solid: null, notes };
  if (solid.indices.length / 3 > MAX_SOLID_TRIANGLES) {
    notes.push(`${solid.indices.length / 3} triangles were thinned out`);
    solid = clusterVertices(solid, CLUSTER_CELLS);
  }
  solid = weld(solid);
  if (!checkClosed(solid).closed) solid = closeUp(solid, size, notes);
  solid = faceOutward(solid, notes);
  // Flat boxes count as a thousandth of their longest side thick.
  const box = sides.reduce((product, side) => product * Math.max(side, 1e-3 * size), 1);
  if (solid.indices.length === 0 || meshVolume(solid) < LEAST_FILLED * box) {
    notes.push('the mesh encloses next to nothing and was thickened');
    solid = throughField(withoutBrokenTriangles(mesh), size);
  }
  return { solid: solid.indices.length > 0 ? { positions: solid.positions, indices: solid.indices } : null, notes };
}

/** The triangles whose corners exist and are finite. */
export function withoutBrokenTriangles({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>): Mesh {
  const kept: number[] = [];
  for (let i = 0; i + 2 < indices.length; i += 3) {
    let sound = true;
    for (let k = 0; k < 9 && sound; k++)
      sound = Number.isFinite(positions[3 * indices[i + Math.floor(k / 3)] + (k % 3)]);
    if (sound) kept.push(indices[i], indices[i + 1], indices[i + 2]);
  }
  return { positions, indices: kept.length === indices.length ? indices : Uint32Array.from(kept) };
}

function closeUp(mesh: Mesh, size: number, notes: string[]): Mesh {
  const step = WELD_SHARE * size;
  const joined = weld({ ...mesh, positions: mesh.positions.map((value) => step * Math.round(value / step)) });
  if (checkClosed(joined).closed) return joined;
  const filled = fillHoles(joined, HOLE_SHARE * size);
  if (checkClosed(filled).closed) {
    notes.push('the mesh was open and its holes were filled');
    return filled;
  }
  notes.push('the mesh is open and was closed by way of a distance field');
  return throughField(mesh, size);
}

/** Turns the parts that face inward, unless they are cavities in others. */
function faceOutward(mesh: Mesh, notes: string[]): Mesh {
  const { component, count } = closedComponents(mesh.indices, mesh.positions.length / 3);
  const parts = Array.from({ length: count }, (): number[] => []);
  component.forEach((part, t) => parts[part].push(...mesh.indices.subarray(3 * t, 3 * t + 3)));
  const inward = parts.filter((indices) => meshVolume({ positions: mesh.positions, indices }) < 0);
  if (inward.length === 0) return mesh;
  const outward = parts.filter((indices) => !inward.includes(indices)).flat();
  const solid = createMeshBvh({ positions: mesh.positions, indices: Uint32Array.from(outward) });
  let turned = 0;
  for (const indices of inward) {
    if (outward.length > 0 && solid.contains(vec3.at(mesh.positions, indices[0]))) continue;
    turned++;
    for (let i = 0; i < indices.length; i += 3) [indices[i + 1], indices[i + 2]] = [indices[i + 2], indices[i + 1]];
  }
  if (turned > 0)
    notes.push(turned === count ? 'the mesh faces inward and was turned' : 'parts that face inward were turned');
  return { ...mesh, indices: Uint32Array.from(parts.flat()) };
}

/** The mesh by way of its distance field, moved so that the field's cube fits it. */
function throughField(mesh: Mesh, size: number): Mesh {
  const { min, max } = meshBounds(mesh);
  const center = vec3.lerp(min, max, 0.5);
  const positions = mesh.positions.map((value, i) => value - center[i % 3]);
  const halfExtent = 0.55 * size;
  const { values } = meshToDistanceField({ positions, indices: mesh.indices }, { resolution: FIELD_CELLS, halfExtent });
  const rebuilt = fieldToMesh(values, FIELD_CELLS, { halfExtent });
  return { positions: rebuilt.positions.map((value, i) => value + center[i % 3]), indices: rebuilt.indices };
}
