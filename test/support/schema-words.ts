/** What may stand in a field of a schema, in words, for the protocol's page. */
import {
  generateRequestSchema,
  depthFrameSchema,
  depthInputSchema,
  intrinsicsSchema,
  generateOptionsSchema,
  capabilitiesSchema,
  jobEventSchema,
  jobSummarySchema,
  limitsSchema,
  meshSchema,
  objectHintSchema,
  poseSchema,
  previewSchema,
  rigidTransformSchema,
  runLengthMaskSchema,
  sceneDescriptionSchema,
  sceneObjectSchema,
  wireErrorSchema,
  quatSchema,
  vec3Schema,
} from '@scenemaker/sdk';
import { asSchema, at, core, flatten, type Schema } from './schema-walk.js';

/** Types with a section of their own, in their order; the second name is the interface whose comments say more. */
export const NAMED: [string, Schema, string?][] = [
  ['GenerateRequest', asSchema(generateRequestSchema)],
  ['GenerateOptions', asSchema(generateOptionsSchema)],
  ['DepthInput', asSchema(depthInputSchema)],
  ['DepthFrame', asSchema(depthFrameSchema)],
  ['Intrinsics', asSchema(intrinsicsSchema)],
  ['ObjectHint', asSchema(objectHintSchema)],
  ['Capabilities', asSchema(capabilitiesSchema)],
  ['Limits', asSchema(limitsSchema)],
  ['JobSummary', asSchema(jobSummarySchema)],
  ['WireError', asSchema(wireErrorSchema)],
  ['JobEvent', asSchema(jobEventSchema)],
  ['Preview', asSchema(previewSchema)],
  ['SceneDescription', asSchema(sceneDescriptionSchema), 'SceneDescription'],
  ['Camera', at(sceneDescriptionSchema, 'cameras', '[]'), 'Camera'],
  ['RigidTransform', asSchema(rigidTransformSchema), 'RigidTransform'],
  ['Scale', at(sceneDescriptionSchema, 'scale'), 'Scale'],
  ['Ground', at(sceneDescriptionSchema, 'ground'), 'Ground'],
  ['SceneObject', asSchema(sceneObjectSchema), 'SceneObject'],
  ['RunLengthMask', asSchema(runLengthMaskSchema), 'RunLengthMask'],
  ['Mesh', asSchema(meshSchema), 'Mesh'],
  ['Pose', asSchema(poseSchema), 'Pose'],
  ['PhysicalProperties', at(sceneObjectSchema, 'properties'), 'PhysicalProperties'],
  ['Collider', at(sceneObjectSchema, 'colliders', '[]'), 'Collider'],
  ['PhysicsReport', at(sceneDescriptionSchema, 'physics'), 'PhysicsReport'],
  ['SceneMeasure', at(sceneDescriptionSchema, 'physics', 'before'), 'SceneMeasure'],
  ['ObjectReport', at(sceneDescriptionSchema, 'physics', 'objects', '[]'), 'ObjectReport'],
  ['Provenance', at(sceneDescriptionSchema, 'provenance'), 'Provenance'],
];

function nameOf(schema: Schema): string | undefined {
  const parts = [schema, ...flatten(schema), ...(schema.pipe ?? [])];
  return NAMED.find(([, named]) => parts.some((part) => part === named || core(part) === core(named)))?.[0];
}

const literal = (value: unknown): string => `\`${JSON.stringify(value)}\``;

/** What may stand in a field, in words. */
export function typeText(schema: Schema): string {
  if (asSchema(vec3Schema) === core(schema) || schema === asSchema(vec3Schema)) return 'x, y, z: array of 3 numbers';
  if (core(schema) === core(asSchema(quatSchema))) return 'quaternion x, y, z, w: array of 4 numbers, length 1';
  const name = nameOf(schema);
  if (name !== undefined) return `[${name}](#${name.toLowerCase()})`;
  const { type, options, items, item, wrapped, value, literal: only, class: made } = core(schema);
  const bounds = boundsText(schema);
  const bounded = (text: string): string => (bounds === '' ? text : `${text}, ${bounds}`);
  switch (type) {
    case 'string':
      return bounded('text');
    case 'number':
      return bounded(flatten(schema).some((part) => part.type === 'integer') ? 'integer' : 'number');
    case 'boolean':
      return 'boolean';
    case 'literal':
      return literal(only);
    case 'picklist':
      return (options ?? []).map(literal).join(', ');
    case 'unknown':
      return 'anything';
    case 'instance':
      return bounded(
        made?.name === 'Uint8Array' ? 'bytes' : `array of ${made?.name.replace('Array', '').toLowerCase()}`,
      );
    case 'array':
      return bounded(`array of ${typeText(item ?? core(schema))}`);
    case 'strict_tuple': {
      const texts = new Set((items ?? []).map(typeText));
      return texts.size === 1 ? `array of ${items?.length} × ${[...texts][0]}` : `[${[...texts].join(', ')}]`;
    }
    case 'nullable':
      return `${typeText(wrapped ?? schema)}, or nil`;
    case 'optional':
    case 'exact_optional':
      return typeText(wrapped ?? schema);
    case 'record':
      return `map of text to ${typeText(value ?? schema)}`;
    case 'strict_object':
    case 'object': {
      const fields = Object.entries(core(schema).entries ?? {});
      return `map of ${fields.map(([key, field]) => `\`${key}\`: ${typeText(field)}`).join('; ')}`;
    }
    default:
      throw new Error(`the page does not know how to describe ${type}`);
  }
}

function boundsText(schema: Schema): string {
  const words: Partial<Record<string, (limit: unknown) => string>> = {
    min_value: (limit) => `at least ${String(limit)}`,
    max_value: (limit) => `at most ${String(limit)}`,
    gt_value: (limit) => `greater than ${String(limit)}`,
    min_length: (limit) => `length at least ${String(limit)}`,
    max_length: (limit) => `length at most ${String(limit)}`,
    regex: (limit) => `matching \`${String(limit)}\``,
    finite: () => 'finite',
  };
  const found = flatten(schema).flatMap(({ type, requirement }) => words[type]?.(requirement) ?? []);
  return [...new Set(found)].filter((text) => text !== 'finite' || found.length === 1).join(', ');
}
