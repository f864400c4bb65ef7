/**
 * The neutral description of a scene: what every part of SceneMaker meets on.
 *
 *   world: right-handed, y up, metres       camera: x right, y down, z forward (OpenCV)
 *
 *          y                                      z
 *          |                                     /
 *          o-- x                                o-- x
 *         /                                     |
 *        z                                      y
 *
 * Units: metres, kilograms, seconds, radians. Quaternions are xyzw.
 */
import type { Mesh, Quat, Vec3 } from '../geometry/mesh.js';

/** The format version written into files and messages. */
export const SCENE_DESCRIPTION_VERSION = 1;

export interface SceneDescription {
  version: typeof SCENE_DESCRIPTION_VERSION;
  /** The cameras the scene was made from, the main one first. */
  cameras: Camera[];
  scale: Scale;
  ground: Ground;
  objects: SceneObject[];
  /** Present once physics has run. */
  physics?: PhysicsReport;
  provenance: Provenance;
}

/** A pinhole camera without distortion; pixel centres lie at half integers. */
export interface Camera {
  /** Picture size, pixels. */
  width: number;
  height: number;
  /** Focal lengths and principal point, pixels. */
  fx: number;
  fy: number;
  cx: number;
  cy: number;
  /** Where the focal length comes from. */
  intrinsicsFrom: 'given' | 'exif' | 'estimated';
  cameraToWorld: RigidTransform;
}

/** Maps points as `rotation * p + translation`. */
export interface RigidTransform {
  rotation: Quat;
  translation: Vec3;
}

/** Whether metres can be believed, and why. */
export interface Scale {
  measured: boolean;
  source: 'depth' | 'known-size' | 'camera-height' | 'estimated';
}

/** The supporting plane `y = height` in the world frame. */
export interface Ground {
  height: number;
  /** Half the side of the square that is drawn and collided with, metres, about `center`. */
  halfExtent: number;
  /** x and z of the square's middle. */
  center: readonly [number, number];
  /** Mean colour, sRGB 0 to 255. */
  color: readonly [number, number, number];
  friction: number;
  /** Share of the ground pixels that the plane explains, 0 to 1; 0 when no ground was seen. */
  confidence: number;
}

export interface SceneObject {
  /** Unique and stable within the scene: `object-1`, `object-2`, ... */
  id: string;
  /** A word or two; `object` when unknown. */
  label: string;
  /** 0 to 1; `deocclusion` is the overlap its stage expects of its silhouette, absent where none ran. */
  scores: { mask: number; deocclusion?: number | undefined; shape: number; pose: number };
  /** Share of the whole object that the picture shows, 0 to 1. */
  visibleFraction: number;
  /** The mask this object came from, at the main camera's size. */
  mask: RunLengthMask;
  /** Canonical space: longest side 1, bounding box centred on the origin. Closed. */
  mesh: Mesh;
  pose: Pose;
  properties: PhysicalProperties;
  /** In canonical space, scaled and posed like the mesh. Empty until physics has run. */
  colliders: Collider[];
  /** What it rests on: an object's id, `ground`, or null when unknown. */
  restsOn: string | null;
}

/**
 * Maps canonical space to the world: `world = rotation * (size * p) + translation`.
 * `size` is one number, the length in metres of the object's longest canonical side.
 */
export interface Pose {
  rotation: Quat;
  translation: Vec3;
  size: number;
}

/**
 * A binary mask as alternating run lengths, row by row, starting with a run of zeros
 * (which may be 0 long). The runs add up to `width * height`.
 */
export interface RunLengthMask {
  width: number;
  height: number;
  runs: Uint32Array;
}

/** A number together with where it came from. */
export interface Sourced<T> {
  value: T;
  source: 'given' | 'measured' | 'computed' | 'material' | 'default';
}

export interface PhysicalProperties {
  /** A key of the materials table. */
  material: Sourced<string>;
  densityKgPerM3: Sourced<number>;
  massKg: Sourced<number>;
  /** Centre of mass in canonical space (unscaled). */
  centerOfMass: Sourced<Vec3>;
  /** Principal moments about the centre of mass, kg m^2, at the object's real size. */
  inertiaPrincipal: Sourced<Vec3>;
  /** Rotates the principal frame to the canonical frame. */
  inertiaRotation: Quat;
  friction: Sourced<number>;
  restitution: Sourced<number>;
}

export type Collider =
  | { kind: 'box'; center: Vec3; rotation: Quat; halfExtents: Vec3 }
  | { kind: 'sphere'; center: Vec3; radius: number }
  /** Axis along local y; `halfHeight` leaves the caps of a capsule out. */
  | { kind: 'cylinder' | 'capsule'; center: Vec3; rotation: Quat; radius: number; halfHeight: number }
  /** At most 64 vertices, stride 3, with the hull's own triangles. */
  | { kind: 'hull'; positions: Float32Array; indices: Uint32Array };

export interface PhysicsReport {
  verdict: 'stable' | 'unstable' | 'empty';
  /** Why, and what was assumed; empty when there is nothing to say. */
  reason?: string;
  /** Which engine settled the scene, with its version. */
  engine: string;
  settleSeconds: number;
  before: SceneMeasure;
  after: SceneMeasure;
  objects: ObjectReport[];
  /** Seconds on the wall clock by step: colliders, support, separate, settle, ... */
  seconds: Record<string, number>;
}

export interface SceneMeasure {
  /** Deepest overlap between any two bodies, the ground included, metres. */
  penetrationMeters: number;
  /** Mean over objects of `silhouetteIouBefore` or `-After`; absent when not measured. */
  silhouetteIou?: number;
}

export interface ObjectReport {
  id: string;
  restsOn: string | null;
  /** How well contact and picture explain that it rests there, 0 to 1. */
  supportScore?: number;
  massKg: number;
  /** Deepest overlap with anything, metres. */
  penetrationBeforeMeters: number;
  penetrationAfterMeters: number;
  /** Vertical distance to the support, metres; 0 in contact. */
  gapBeforeMeters: number;
  gapAfterMeters: number;
  /** By grounding and separation, then by settling. */
  movedMeters: number;
  turnedRadians: number;
  settleMovedMeters: number;
  settleTurnedRadians: number;
  /**
   * Overlap over union, 0 to 1, of the object's silhouette and its mask, as estimated and in the end. Pixels
   * that show another object count neither way. Absent where the mask is unknown.
   */
  silhouetteIouBefore?: number;
  silhouetteIouAfter?: number;
  stable: boolean;
  /** Why not stable, or what was repaired; empty when there is nothing to say. */
  reason: string;
}

export interface Provenance {
  /** Model pack name and version. */
  pack: string;
  /** `@scenemaker/runtime-server` version. */
  generator: string;
  seed: number;
  /** The options the scene was made with, as given. */
  options: Record<string, unknown>;
  /** Seconds by stage. */
  seconds: Record<string, number>;
  executionProvider: string;
}
