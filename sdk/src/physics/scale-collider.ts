import { vec3, type Vec3 } from '../geometry/index.js';
import type { Collider } from '../scene/index.js';

/** A collider with its lengths multiplied: one of canonical space at an object's real size. */
export function scaleCollider(collider: Collider, size: number): Collider {
  const scaled = (v: Vec3): Vec3 => vec3.scale(v, size);
  switch (collider.kind) {
    case 'box':
      return { ...collider, center: scaled(collider.center), halfExtents: scaled(collider.halfExtents) };
    case 'sphere':
      return { ...collider, center: scaled(collider.center), radius: collider.radius * size };
    case 'cylinder':
    case 'capsule':
      return {
        ...collider,
        center: scaled(collider.center),
        radius: collider.radius * size,
        halfHeight: collider.halfHeight * size,
      };
    case 'hull':
      return { ...collider, positions: collider.positions.map((value) => value * size) };
  }
}
