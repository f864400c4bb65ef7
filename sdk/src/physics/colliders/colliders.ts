/** The collision shapes of an object. */
import {
  checkClosed,
  convexHull,
  fieldToMesh,
  flipMesh,
  massProperties,
  meshBounds,
  meshToDistanceField,
  meshVolume,
  simplifyClosed,
  weld,
  vec3,
  quat,
  type MassProperties,
  type Mesh,
} from '../../geometry/index.js';
import type { Collider } from '../../scene/index.js';
import { decompose, DECOMPOSE_DEFAULTS, MAX_HULL_VERTICES, type DecomposeOptions } from './decompose.js';
import { fitPrimitive } from './primitive-fit.js';

export interface ColliderOptions extends DecomposeOptions {
  /** The least volume overlap (IoU) at which a box, ball, cylinder or capsule stands for the mesh. */
  minPrimitiveIou?: number;
}

export const COLLIDER_DEFAULTS = { ...DECOMPOSE_DEFAULTS, minPrimitiveIou: 0.92 } as const;

export interface FittedColliders {
  /** In the mesh's frame, at least one. */
  colliders: Collider[];
  /** Of the solid in the mesh's frame, for density 1. */
  mass: MassProperties;
  /** What was wrong with the mesh and what was done; empty when nothing. */
  note: string;
}

/** More triangles than this say nothing more about where to cut. */
const MAX_TRIANGLES = 6_000;
const FIELD_RESOLUTION = 24;

/** Colliders and mass of a mesh of any quality: whatever it is, it gets a body. */
export function fitColliders(mesh: Mesh, options: ColliderOptions = {}): FittedColliders {
  const settings = { ...COLLIDER_DEFAULTS, ...options };
  const { solid, note } = makeSolid(mesh);
  const mass = solid && massProperties(solid);
  if (!solid || !mass) return boxAround(mesh);
  const bounds = meshBounds(solid);
  const reach = Math.max(...bounds.max.map(Math.abs), ...bounds.min.map(Math.abs));
  const field = meshToDistanceField(solid, {
    resolution: FIELD_RESOLUTION,
    halfExtent: 1.05 * reach,
    sheetThickness: 0,
  });
  const fit = fitPrimitive(solid, mass, field);
  if (fit.iou >= settings.minPrimitiveIou) return { colliders: [fit.collider], mass, note };
  const hulls = decompose(solid, settings);
  if (hulls.length === 0) {
    const hull = convexHull(solid.positions, { maxVertices: MAX_HULL_VERTICES });
    if (hull) hulls.push(hull);
  }
  if (hulls.length === 0) return boxAround(mesh);
  return { colliders: hulls.map((hull) => ({ kind: 'hull', ...hull })), mass, note };
}

/** A closed, outward-facing mesh of moderate size that fills what `mesh` fills; null where there is no surface. */
function makeSolid(mesh: Mesh): { solid: Mesh | null; note: string } {
  const finite = withoutBrokenTriangles(mesh);
  if (finite.indices.length === 0) return { solid: null, note: '' };
  const notes: string[] = [];
  if (finite.indices.length < mesh.indices.length) notes.push('triangles that are not finite were left out');
  // By position, so that vertices split for colours or normals are one again.
  const { positions, indices } = weld(finite);
  let solid: Mesh = { positions, indices };
  const { closed, manifold } = checkClosed(solid);
  const volume = meshVolume(solid);
  const { min, max } = meshBounds(solid);
  const box = (max[0] - min[0]) * (max[1] - min[1]) * (max[2] - min[2]);
  if (!closed || Math.abs(volume) < 1e-4 * box) {
    notes.push(closed ? 'the mesh encloses next to nothing and was rebuilt' : 'the mesh is open and was closed');
    solid = rebuild(solid);
  } else if (volume < 0) {
    notes.push('the mesh faces inward and was turned');
    solid = flipMesh(solid);
  }
  if (solid.indices.length / 3 > MAX_TRIANGLES) {
    // Collapsing edges one by one is not for millions of triangles.
    solid = manifold && solid.indices.length / 3 < 100_000 ? simplifyClosed(solid, MAX_TRIANGLES) : rebuild(solid);
  }
  return { solid: solid.indices.length > 0 ? solid : null, note: notes.join('; ') };
}

/** The mesh by way of its distance field, moved so that the field's cube fits it. */
function rebuild(mesh: Mesh): Mesh {
  const { min, max } = meshBounds(mesh);
  const center = vec3.lerp(min, max, 0.5);
  const half = Math.max(...vec3.sub(max, min)) / 2;
  if (!(half > 0)) return { positions: new Float32Array(), indices: new Uint32Array() };
  const centred = mesh.positions.map((value, i) => value - center[i % 3]);
  const resolution = 40;
  const halfExtent = half * 1.1;
  const { values } = meshToDistanceField({ positions: centred, indices: mesh.indices }, { resolution, halfExtent });
  const rebuilt = fieldToMesh(values, resolution, { halfExtent, maxTriangles: MAX_TRIANGLES });
  return { ...rebuilt, positions: rebuilt.positions.map((value, i) => value + center[i % 3]) };
}

function withoutBrokenTriangles(mesh: Mesh): Mesh {
  const { positions } = mesh;
  const isBad = (vertex: number): boolean => !vec3.isFinite(vec3.at(positions, vertex));
  const indices: number[] = [];
  for (let i = 0; i + 2 < mesh.indices.length; i += 3) {
    const corners = [mesh.indices[i], mesh.indices[i + 1], mesh.indices[i + 2]];
    if (!corners.some(isBad)) indices.push(...corners);
  }
  return indices.length === mesh.indices.length ? mesh : { positions, indices: Uint32Array.from(indices) };
}

/** The last resort: a box around whatever is there, at least a hundredth of its longest side thick. */
function boxAround(mesh: Mesh): FittedColliders {
  const { min, max } = meshBounds(withoutBrokenTriangles(mesh));
  const hasExtent = max[0] >= min[0];
  const center = hasExtent ? vec3.lerp(min, max, 0.5) : vec3.ZERO;
  const sides = hasExtent ? vec3.sub(max, min) : [1, 1, 1];
  const thinnest = Math.max(...sides) > 0 ? 0.01 * Math.max(...sides) : 0.01;
  const [x, y, z] = sides.map((side) => Math.max(side, thinnest));
  const volume = x * y * z;
  const moment = (a: number, b: number): number => (volume * (a * a + b * b)) / 12;
  const [ix, iy, iz] = [moment(y, z), moment(x, z), moment(x, y)];
  return {
    colliders: [{ kind: 'box', center, rotation: quat.IDENTITY, halfExtents: [x / 2, y / 2, z / 2] }],
    mass: {
      volume,
      centerOfMass: center,
      inertia: [ix, 0, 0, 0, iy, 0, 0, 0, iz],
      principal: [ix, iy, iz],
      principalRotation: quat.IDENTITY,
    },
    note: hasExtent ? 'the mesh has no volume; a box stands for it' : 'the mesh is empty; a box stands for it',
  };
}
