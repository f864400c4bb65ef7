/** Colliders, mass, supports, grounding, separation, settling and the report. */
export { settleScene, defaultEngine, SETTLE_DEFAULTS, type SettleOptions } from './settle-scene.js';
export { MAX_PENETRATION_METERS } from './report.js';
export type { BodyHandle, BodyMass, BodySpec, PhysicsEngine, PhysicsWorld, Velocity, WorldOptions } from './engine.js';
export { createHavokEngine, loadHavok, type HavokOptions } from './havok.js';
export { fitColliders, COLLIDER_DEFAULTS, type ColliderOptions, type FittedColliders } from './colliders/colliders.js';
export { decompose, DECOMPOSE_DEFAULTS, MAX_HULL_VERTICES, type DecomposeOptions } from './colliders/decompose.js';
export { colliderVolume } from './colliders/primitive-fit.js';
export { guessMaterial, materialOf, MATERIALS, type Material, type MaterialName } from './materials.js';
export { bodyMass, physicalProperties, type PropertyOverrides } from './mass.js';
export { createBody, bodyDistance, type Body } from './collide/body.js';
export { createConvex, type Convex } from './collide/convex.js';
export { signedDistance, type Separation } from './collide/distance.js';
export { findOverlaps, penetrationDepths, type GroundPlane, type Overlap } from './collide/overlaps.js';
export { findSupports, type Evidence, type Support } from './support.js';
export { isFootSeen, seenAround, type SupportEvidence } from './support-evidence.js';
export { createSilhouettes, type Silhouette } from './silhouette.js';
export { separate, type SeparateInput } from './separate/solver.js';
export { scaleCollider } from './scale-collider.js';
export { createScaledWorld, worldScale } from './scaled-world.js';
export { settle, SETTLE_HERTZ, type SettleBody, type SettleGround, type SettleResult } from './settle.js';
export {
  refereeScene,
  REFEREE_DEFAULTS,
  type ObjectVerdict,
  type RefereeOptions,
  type SceneVerdict,
} from './referee.js';
