/** Colliders at their real size, in the frame of an export's body. */
import { type Collider, quat, type Quat, transformPositions, type Vec3, vec3 } from '@scenemaker/sdk';

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
