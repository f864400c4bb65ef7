/**
 * The manifest of a model pack: which files each stage needs, what their tensors are called, and the
 * settings the stage was trained with.
 *
 *   manifest.json
 *     stages.<stage>.files.<role>   { path, bytes, sha256, inputs?, outputs? }
 *     stages.<stage>.settings       read by the stage that owns them
 */
import { SceneMakerError } from '@scenemaker/sdk';
import * as v from 'valibot';

/** The manifest format this version reads. */
export const MANIFEST_FORMAT = 1;

const nameSchema = v.pipe(v.string(), v.nonEmpty());

/** One tensor of a graph. A dimension is a number, or a name when it is free. */
const tensorSchema = v.object({
  type: v.picklist(['float32', 'float16', 'int64', 'int32', 'uint8', 'bool']),
  shape: v.array(v.union([v.pipe(v.number(), v.integer(), v.minValue(0)), nameSchema])),
});

const fileSchema = v.object({
  /** Inside the pack's folder, with forward slashes. */
  path: v.pipe(
    nameSchema,
    v.check(
      (path) => !/^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(path),
      'must stay inside the folder of the pack',
    ),
  ),
  bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')),
  /** Graphs only: tensors by name. */
  inputs: v.optional(v.record(v.string(), tensorSchema)),
  outputs: v.optional(v.record(v.string(), tensorSchema)),
});

const stageSchema = v.object({
  files: v.record(v.string(), fileSchema),
  settings: v.optional(v.record(v.string(), v.unknown()), {}),
});

const manifestSchema = v.object({
  format: v.literal(MANIFEST_FORMAT),
  name: nameSchema,
  version: nameSchema,
  license: nameSchema,
  stages: v.record(v.string(), stageSchema),
});

export type PackManifest = v.InferOutput<typeof manifestSchema>;
export type PackStage = v.InferOutput<typeof stageSchema>;
export type PackFile = v.InferOutput<typeof fileSchema>;
export type TensorSpec = v.InferOutput<typeof tensorSchema>;

/** Validates the text of `manifest.json`; `path` is only for messages. */
export function parseManifest(text: string, path = 'manifest.json'): PackManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new SceneMakerError('pack-corrupt', `${path} is not JSON`, { cause });
  }
  const result = v.safeParse(manifestSchema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const where = v.getDotPath(issue);
  throw new SceneMakerError('pack-corrupt', `${path}: ${where ?? 'manifest'}: ${issue.message}`, {
    given: issue.received,
    allowed: issue.expected ?? undefined,
  });
}

/** Validates a stage's settings with the stage's own schema. */
export function parseSettings<const Schema extends v.GenericSchema>(
  schema: Schema,
  stage: string,
  settings: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, settings);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new SceneMakerError(
    'pack-corrupt',
    `settings of stage ${stage}: ${v.getDotPath(issue) ?? ''}: ${issue.message}`,
    {
      given: issue.received,
      allowed: issue.expected ?? undefined,
    },
  );
}
