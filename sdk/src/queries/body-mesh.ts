/** The surfaces of a body's colliders in the world, as one mesh; where pieces overlap, so do their surfaces. */
import {
  boxMesh,
  capsuleMesh,
  cylinderMesh,
  quat,
  sphereMesh,
  transformPositions,
  vec3,
  type Mesh,
} from '../geometry/index.js';
import type { Body } from '../physics/collide/body.js';
import type { Collider } from '../scene/index.js';

export function bodyMesh({ colliders, rotation, translation, size }: Body): Mesh {
  const parts = colliders.map((collider) => {
    const { mesh, ...place } = partOf(collider);
    const inBody = transformPositions(mesh.positions, place.rotation, place.center);
    return { positions: transformPositions(inBody, rotation, translation, size), indices: mesh.indices };
  });
  const positions = new Float32Array(parts.reduce((sum, part) => sum + part.positions.length, 0));
  const indices = new Uint32Array(parts.reduce((sum, part) => sum + part.indices.length, 0));
  let [vertex, corner] = [0, 0];
  for (const part of parts) {
    positions.set(part.positions, 3 * vertex);
    indices.set(
      part.indices.map((index) => index + vertex),
      corner,
    );
    vertex += part.positions.length / 3;
    corner += part.indices.length;
  }
  return { positions, indices };
}

function partOf(collider: Collider): { mesh: Mesh; rotation: typeof quat.IDENTITY; center: typeof vec3.ZERO } {
  const unmoved = { rotation: quat.IDENTITY, center: vec3.ZERO };
  switch (collider.kind) {
    case 'hull':
      return { mesh: collider, ...unmoved };
    case 'sphere':
      return { mesh: sphereMesh(collider.radius), ...unmoved, center: collider.center };
    case 'box':
      return { mesh: boxMesh(...collider.halfExtents), rotation: collider.rotation, center: collider.center };
    case 'cylinder':
      return {
        mesh: cylinderMesh(collider.radius, collider.halfHeight),
        rotation: collider.rotation,
        center: collider.center,
      };
    case 'capsule':
      return {
        mesh: capsuleMesh(collider.radius, collider.halfHeight),
        rotation: collider.rotation,
        center: collider.center,
      };
  }
}
