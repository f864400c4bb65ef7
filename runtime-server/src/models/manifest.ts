/**
 * The manifest of a model pack: which backend serves each stage, which files it needs and where they come
 * from, what their tensors are called, and the settings it reads (docs/model-packs.md).
 *
 *   manifest.json
 *     base                          the pack that serves the stages which this one does not name
 *     stages.<stage>.backend        what runs the stage's models; onnx
 *     stages.<stage>.files.<role>   { path, bytes?, sha256?, source?, license?, inputs?, outputs? }
 *     stages.<stage>.settings       read by the backend
 */
import { SceneMakerError } from '@scenemaker/sdk';
import * as v from 'valibot';

/** The manifest format this version reads. */
export const MANIFEST_FORMAT = 1;

export const STAGE_NAMES = ['segment', 'depth', 'deocclude', 'shape', 'pose'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/** What can serve a stage; `src/backends` has a folder for each. */
export const BACKEND_NAMES = ['onnx', 'transformers', 'moge', 'triposg', 'triposr', 'kserve'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

const nameSchema = v.pipe(v.string(), v.nonEmpty());

const countSchema = v.pipe(v.number(), v.integer(), v.minValue(0));

/** One tensor of a graph. A dimension is a number, or a name when it is free. */
const tensorSchema = v.object({
  type: v.picklist(['float32', 'float16', 'int64', 'int32', 'uint8', 'bool']),
  shape: v.array(v.union([countSchema, nameSchema])),
});

const pinEntries = {
  bytes: countSchema,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')),
};
/** What tells a file from every other one. */
export const pinSchema = v.object(pinEntries);
export type Pin = v.InferOutput<typeof pinSchema>;

const fileEntries = v.object({
  /** Inside the pack's folder, with forward slashes. */
  path: v.pipe(
    nameSchema,
    v.check(
      (path) => !/^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(path),
      'must stay inside the folder of the pack',
    ),
  ),
  /** Both or none; where there are none, those of the first pull count (`pack-lock.ts`). */
  bytes: v.optional(pinEntries.bytes),
  sha256: v.optional(pinEntries.sha256),
  /** Where `models pull` gets it: an http or https URL, or a path, which may be relative to the manifest. */
  source: v.optional(nameSchema),
  /** SPDX identifier, or the licence's name; default: that of the stage. */
  license: v.optional(nameSchema),
  /** Graphs only: tensors by name. */
  inputs: v.optional(v.record(v.string(), tensorSchema)),
  outputs: v.optional(v.record(v.string(), tensorSchema)),
});

const fileSchema = v.pipe(
  fileEntries,
  v.check(
    ({ bytes, sha256 }) => (bytes === undefined) === (sha256 === undefined),
    'bytes and sha256 are given together, or neither is',
  ),
);

const stageSchema = v.object({
  backend: v.optional(v.picklist(BACKEND_NAMES), 'onnx'),
  /** Default: that of the pack. */
  license: v.optional(nameSchema),
  /** What its models take while they are loaded; default: see `stageMemory`. */
  memoryBytes: v.optional(countSchema),
  /** The most objects that go through its models at once; default: what the device takes, 1 for others' models. */
  batch: v.optional(v.pipe(countSchema, v.minValue(1))),
  files: v.optional(v.record(v.string(), fileSchema), {}),
  settings: v.optional(v.record(v.string(), v.unknown()), {}),
});

const manifestSchema = v.object({
  format: v.literal(MANIFEST_FORMAT),
  name: nameSchema,
  version: nameSchema,
  license: nameSchema,
  base: v.optional(v.literal('embedded')),
  stages: v.pipe(
    v.record(v.string(), stageSchema),
    v.check(
      (stages) => Object.keys(stages).every((name) => (STAGE_NAMES as readonly string[]).includes(name)),
      `the stages are ${STAGE_NAMES.join(', ')}`,
    ),
  ),
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
