/** The parts of `KHR_physics_rigid_bodies` and `KHR_implicit_shapes` that are read, as they stand in a file. */
import type { Quat, Vec3 } from '../../geometry/index.js';

export const RIGID_BODIES = 'KHR_physics_rigid_bodies';
export const IMPLICIT_SHAPES = 'KHR_implicit_shapes';

/** About the origin of its node, axis along y. Sizes and heights are full lengths. */
export type ShapeDefinition =
  | { type: 'box'; box?: { size?: number[] } }
  | { type: 'sphere'; sphere?: { radius?: number } }
  | { type: 'cylinder'; cylinder?: RoundDefinition }
  /** `height` leaves the caps out. */
  | { type: 'capsule'; capsule?: RoundDefinition };

export interface RoundDefinition {
  height?: number;
  radiusBottom?: number;
  radiusTop?: number;
}

export interface BodyDefinition {
  motion?: {
    isKinematic?: boolean;
    /** kg. Absent: by the volume of the colliders. */
    mass?: number;
    centerOfMass?: Vec3;
    /** kg m^2. */
    inertiaDiagonal?: number[];
    inertiaOrientation?: Quat;
    linearVelocity?: Vec3;
    angularVelocity?: Vec3;
    gravityFactor?: number;
  };
  collider?: {
    geometry: { shape?: number; node?: number; convexHull?: boolean };
    physicsMaterial?: number;
  };
}

export type Combine = 'average' | 'minimum' | 'maximum' | 'multiply';

export interface MaterialDefinition {
  staticFriction?: number;
  dynamicFriction?: number;
  restitution?: number;
  frictionCombine?: Combine;
  restitutionCombine?: Combine;
}
