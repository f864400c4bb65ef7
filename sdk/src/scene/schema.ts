/**
 * The scene description as a schema: what a peer or a file may contain. The types in
 * `description.ts` say what the fields mean; the checks here say which values are possible.
 */
import * as v from 'valibot';
import type {
  Camera,
  Collider,
  Ground,
  ObjectReport,
  PhysicalProperties,
  PhysicsReport,
  Pose,
  RigidTransform,
  RunLengthMask,
  SceneDescription,
  SceneMeasure,
  SceneObject,
} from './description.js';
import type { Mesh, Quat, Vec3 } from '../geometry/mesh.js';
import { pngHeader } from './png-header.js';

export const finite = v.pipe(v.number(), v.finite());
export const positive = v.pipe(finite, v.gtValue(0));

// Named without their buffer's type, so that views of any memory fit.
export const bytesSchema: v.GenericSchema<unknown, Uint8Array> = v.instance(Uint8Array);
export const float32Schema: v.GenericSchema<unknown, Float32Array> = v.instance(Float32Array);
export const uint32Schema: v.GenericSchema<unknown, Uint32Array> = v.instance(Uint32Array);

/** Texels along either side of a texture. */
export const MAX_TEXTURE_SIDE = 4096;

const notNegative = v.pipe(finite, v.minValue(0));
const share = v.pipe(finite, v.minValue(0), v.maxValue(1));
const shortText = v.pipe(v.string(), v.maxLength(200));
const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff));

export const vec3Schema: v.GenericSchema<unknown, Vec3> = v.strictTuple([finite, finite, finite]);

export const quatSchema: v.GenericSchema<unknown, Quat> = v.pipe(
  v.strictTuple([finite, finite, finite, finite]),
  v.check((q) => Math.abs(Math.hypot(...q) - 1) < 1e-3, 'is not a unit quaternion'),
);

export const rigidTransformSchema: v.GenericSchema<unknown, RigidTransform> = v.strictObject({
  rotation: quatSchema,
  translation: vec3Schema,
});

export const runLengthMaskSchema: v.GenericSchema<unknown, RunLengthMask> = v.pipe(
  v.strictObject({ width: count, height: count, runs: uint32Schema }),
  v.check((mask) => sum(mask.runs) === mask.width * mask.height, 'has runs that do not add up to width * height'),
);

// A scene has millions of these: a call for each would take longer than its way over the wire.
function areFinite(values: Float32Array): boolean {
  // Infinity less itself is no number.
  for (let i = 0; i < values.length; i++) if (values[i] - values[i] !== 0) return false;
  return true;
}

function areBelow(values: Uint32Array, limit: number): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] >= limit) return false;
  return true;
}

/** At least one triangle, every index within the vertices, every coordinate finite. */
export const meshSchema: v.GenericSchema<unknown, Mesh> = v.pipe(
  v.strictObject({
    positions: float32Schema,
    indices: uint32Schema,
    normals: v.exactOptional(float32Schema),
    colors: v.exactOptional(bytesSchema),
    uvs: v.exactOptional(float32Schema),
    texture: v.exactOptional(bytesSchema),
  }),
  v.check((mesh) => isMultiple(mesh.positions, 3) && isMultiple(mesh.indices, 3), 'has arrays of a wrong stride'),
  v.check((mesh) => areFinite(mesh.positions), 'has a vertex that is not finite'),
  v.check((mesh) => areBelow(mesh.indices, mesh.positions.length / 3), 'has an index out of range'),
  v.check(
    (mesh) =>
      (mesh.normals === undefined || mesh.normals.length === mesh.positions.length) &&
      (mesh.colors === undefined || mesh.colors.length * 3 === mesh.positions.length * 4),
    'has normals or colours that do not match its vertices',
  ),
  v.check((mesh) => (mesh.uvs === undefined) === (mesh.texture === undefined), 'has uvs or a texture, but not both'),
  v.check(
    ({ uvs, positions }) => uvs === undefined || (uvs.length * 3 === positions.length * 2 && areFinite(uvs)),
    'has uvs that do not match its vertices, or are not finite',
  ),
  v.check(
    ({ texture }) => texture === undefined || isTexture(texture),
    `has a texture that is no PNG in 8-bit RGB or RGBA of up to ${MAX_TEXTURE_SIDE} x ${MAX_TEXTURE_SIDE} texels`,
  ),
);

export const poseSchema: v.GenericSchema<unknown, Pose> = v.strictObject({
  rotation: quatSchema,
  translation: vec3Schema,
  size: positive,
});

const cameraSchema: v.GenericSchema<unknown, Camera> = v.strictObject({
  width: count,
  height: count,
  fx: positive,
  fy: positive,
  cx: finite,
  cy: finite,
  intrinsicsFrom: v.picklist(['given', 'exif', 'estimated']),
  cameraToWorld: rigidTransformSchema,
});

const groundSchema: v.GenericSchema<unknown, Ground> = v.strictObject({
  height: finite,
  halfExtent: positive,
  center: v.strictTuple([finite, finite]),
  color: v.strictTuple([finite, finite, finite]),
  friction: notNegative,
  confidence: share,
});

const colliderSchema: v.GenericSchema<unknown, Collider> = v.variant('kind', [
  v.strictObject({ kind: v.literal('box'), center: vec3Schema, rotation: quatSchema, halfExtents: vec3Schema }),
  v.strictObject({ kind: v.literal('sphere'), center: vec3Schema, radius: positive }),
  v.strictObject({
    kind: v.picklist(['cylinder', 'capsule']),
    center: vec3Schema,
    rotation: quatSchema,
    radius: positive,
    halfHeight: notNegative,
  }),
  v.strictObject({
    kind: v.literal('hull'),
    positions: float32Schema,
    indices: uint32Schema,
  }),
]);

function sourced<T>(value: v.GenericSchema<unknown, T>) {
  return v.strictObject({
    value,
    source: v.picklist(['given', 'measured', 'computed', 'material', 'default']),
  });
}

const propertiesSchema: v.GenericSchema<unknown, PhysicalProperties> = v.strictObject({
  material: sourced(shortText),
  densityKgPerM3: sourced(positive),
  massKg: sourced(positive),
  centerOfMass: sourced(vec3Schema),
  inertiaPrincipal: sourced(vec3Schema),
  inertiaRotation: quatSchema,
  friction: sourced(notNegative),
  restitution: sourced(notNegative),
});

export const sceneObjectSchema: v.GenericSchema<unknown, SceneObject> = v.strictObject({
  id: shortText,
  label: shortText,
  scores: v.strictObject({ mask: share, deocclusion: v.optional(share), shape: share, pose: share }),
  visibleFraction: share,
  mask: runLengthMaskSchema,
  mesh: meshSchema,
  pose: poseSchema,
  properties: propertiesSchema,
  colliders: v.array(colliderSchema),
  restsOn: v.nullable(shortText),
});

const measureSchema: v.GenericSchema<unknown, SceneMeasure> = v.strictObject({
  penetrationMeters: finite,
  silhouetteIou: v.exactOptional(share),
});

const objectReportSchema: v.GenericSchema<unknown, ObjectReport> = v.strictObject({
  id: shortText,
  restsOn: v.nullable(shortText),
  supportScore: v.exactOptional(share),
  massKg: notNegative,
  penetrationBeforeMeters: finite,
  penetrationAfterMeters: finite,
  gapBeforeMeters: finite,
  gapAfterMeters: finite,
  movedMeters: finite,
  turnedRadians: finite,
  settleMovedMeters: finite,
  settleTurnedRadians: finite,
  silhouetteIouBefore: v.exactOptional(share),
  silhouetteIouAfter: v.exactOptional(share),
  stable: v.boolean(),
  reason: v.string(),
});

const physicsSchema: v.GenericSchema<unknown, PhysicsReport> = v.strictObject({
  verdict: v.picklist(['stable', 'unstable', 'empty']),
  reason: v.exactOptional(v.string()),
  engine: shortText,
  settleSeconds: notNegative,
  before: measureSchema,
  after: measureSchema,
  objects: v.array(objectReportSchema),
  seconds: v.record(v.string(), notNegative),
});

export const sceneDescriptionSchema: v.GenericSchema<unknown, SceneDescription> = v.pipe(
  v.strictObject({
    version: v.literal(1),
    cameras: v.pipe(v.array(cameraSchema), v.minLength(1)),
    scale: v.strictObject({
      measured: v.boolean(),
      source: v.picklist(['depth', 'known-size', 'camera-height', 'estimated']),
    }),
    ground: groundSchema,
    objects: v.array(sceneObjectSchema),
    physics: v.exactOptional(physicsSchema),
    provenance: v.strictObject({
      pack: v.string(),
      generator: v.string(),
      seed: v.number(),
      options: v.record(v.string(), v.unknown()),
      seconds: v.record(v.string(), notNegative),
      executionProvider: v.string(),
    }),
  }),
  v.check(({ objects }) => new Set(objects.map(({ id }) => id)).size === objects.length, 'has two objects with one id'),
);

function sum(values: Uint32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function isTexture(bytes: Uint8Array): boolean {
  const header = pngHeader(bytes);
  if (header === null || header.bitsPerChannel !== 8 || header.channels < 3) return false;
  const { width, height } = header;
  return Math.min(width, height) > 0 && Math.max(width, height) <= MAX_TEXTURE_SIDE;
}

function isMultiple(values: ArrayLike<number>, stride: number): boolean {
  return values.length > 0 && values.length % stride === 0;
}
