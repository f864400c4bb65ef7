/** Colliders at their real size, and as meshes for formats that lack their kind. */
import {
  boxMesh,
  capsuleMesh,
  type Collider,
  cylinderMesh,
  type Mesh,
  quat,
  type Quat,
  sphereMesh,
  transformPositions,
  type Vec3,
  vec3,
} from '@scenemaker/sdk';

/** Facets around a round collider that is written as a mesh. */
const SEGMENTS = 24;

/** The collider scaled by `size` and then turned, both about the body's origin. */
export function placeCollider(collider: Collider, size: number, turn: Quat): Collider {
  const place = (v: Vec3): Vec3 => quat.rotate(turn, vec3.scale(v, size));
  switch (collider.kind) {
    case 'box': {
      const halfExtents = vec3.scale(collider.halfExtents, size);
      const rotation = quat.multiply(turn, collider.rotation);
      return { ...collider, center: place(collider.center), rotation, halfExtents };
    }
    case 'sphere':
      return { ...collider, center: place(collider.center), radius: collider.radius * size };
    case 'cylinder':
    case 'capsule':
      return {
        ...collider,
        center: place(collider.center),
        rotation: quat.multiply(turn, collider.rotation),
        radius: collider.radius * size,
        halfHeight: collider.halfHeight * size,
      };
    case 'hull':
      return { ...collider, positions: placePoints(collider.positions, size, turn) };
  }
}

/** Points, stride 3, scaled by `size` and then turned. */
export const placePoints = (points: Float32Array, size: number, turn: Quat): Float32Array =>
  transformPositions(points, turn, vec3.ZERO, size);

/** The collider's surface in the frame the collider is given in. */
export function colliderMesh(collider: Collider): Mesh {
  switch (collider.kind) {
    case 'hull':
      return { positions: collider.positions, indices: collider.indices };
    case 'sphere':
      return moved(sphereMesh(collider.radius, SEGMENTS / 2), quat.IDENTITY, collider.center);
    case 'box':
      return moved(boxMesh(...collider.halfExtents), collider.rotation, collider.center);
    case 'cylinder':
      return moved(cylinderMesh(collider.radius, collider.halfHeight, SEGMENTS), collider.rotation, collider.center);
    case 'capsule':
      return moved(capsuleMesh(collider.radius, collider.halfHeight, SEGMENTS / 2), collider.rotation, collider.center);
  }
}

function moved({ positions, indices }: Mesh, rotation: Quat, translation: Vec3): Mesh {
  return { positions: transformPositions(positions, rotation, translation), indices };
}
