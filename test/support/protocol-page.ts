/**
 * `sdk/PROTOCOL.md`, made of what the code itself goes by: the message schemas, the error table, the
 * limits, and the comments in `scene/description.ts`. `npm run protocol` writes it.
 */
import { readFileSync } from 'node:fs';
import {
  CHUNK_BYTES,
  CHUNK_OVERHEAD_BYTES,
  clientMessageSchema,
  CLOSE_CODES,
  encode,
  ERROR_CODES,
  generateRequestSchema,
  depthFrameSchema,
  depthInputSchema,
  intrinsicsSchema,
  generateOptionsSchema,
  capabilitiesSchema,
  jobEventSchema,
  jobSummarySchema,
  limitsSchema,
  MAX_DEPTH,
  MAX_FRAME_BYTES,
  MAX_HELLO_BYTES,
  MAX_REQUEST_BYTES,
  MAX_RESPONSE_BYTES,
  MAX_VALUES,
  meshSchema,
  objectHintSchema,
  poseSchema,
  previewSchema,
  quatSchema,
  rigidTransformSchema,
  runLengthMaskSchema,
  sceneDescriptionSchema,
  sceneObjectSchema,
  serverMessageSchema,
  SUBPROTOCOL,
  TYPED_ARRAY_EXTENSIONS,
  vec3Schema,
  wireErrorSchema,
} from '@scenemaker/sdk';
import { SERVER_DEFAULTS } from '../../runtime-server/src/server/options.js';

/** What a valibot schema looks like from outside. */
interface Schema {
  type: string;
  pipe?: Schema[];
  entries?: Record<string, Schema>;
  options?: (Schema | string)[];
  items?: Schema[];
  item?: Schema;
  wrapped?: Schema;
  value?: Schema;
  literal?: unknown;
  requirement?: unknown;
  description?: string;
  message?: unknown;
  class?: { name: string };
  key?: string;
}

const asSchema = (schema: unknown): Schema => schema as Schema;
const at = (schema: unknown, ...path: string[]): Schema =>
  path.reduce<Schema>((inner, step) => {
    const { entries, item, wrapped } = core(inner);
    const found = step === '[]' ? item : (entries?.[step] ?? core(wrapped ?? inner).entries?.[step]);
    if (!found) throw new Error(`the schema has no ${path.join('.')}`);
    return found.type.endsWith('optional') && found.wrapped ? found.wrapped : found;
  }, asSchema(schema));

/** Types with a section of their own, in their order; the second name is the interface whose comments say more. */
const NAMED: [string, Schema, string?][] = [
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

/** A schema and everything piped behind it, however nested. */
function flatten(schema: Schema): Schema[] {
  if (!schema.pipe) return [schema];
  return schema.pipe.flatMap((part, i) => (i === 0 && part.pipe ? flatten(part) : [part]));
}

function core(schema: Schema): Schema {
  return flatten(schema)[0] ?? schema;
}

/** The innermost description is the general one; the last, that of this use. */
function descriptionOf(schema: Schema): string {
  const own = flatten(schema).findLast(({ type }) => type === 'description')?.description;
  return own ?? (schema.wrapped ? descriptionOf(schema.wrapped) : '');
}

function nameOf(schema: Schema): string | undefined {
  const parts = [schema, ...flatten(schema), ...(schema.pipe ?? [])];
  return NAMED.find(([, named]) => parts.some((part) => part === named || core(part) === core(named)))?.[0];
}

const literal = (value: unknown): string => `\`${JSON.stringify(value)}\``;

/** What may stand in a field, in words. */
function typeText(schema: Schema): string {
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

/** Checks on a value as a whole. */
function rulesOf(schema: Schema): string[] {
  return flatten(schema).flatMap(({ type, message }) =>
    type === 'check' && typeof message === 'string' ? [`Refused when it ${message}.`] : [],
  );
}

type Comments = Map<string, { own: string; fields: Map<string, string> }>;

/** The doc comments of exported types and of their fields, read line by line. */
function readComments(...paths: string[]): Comments {
  const comments: Comments = new Map();
  for (const path of paths) {
    let comment = '';
    let open = false;
    let fields = new Map<string, string>();
    for (const line of readFileSync(new URL(`../../sdk/src/${path}`, import.meta.url), 'utf8').split('\n')) {
      const text = line.trim();
      if (text.startsWith('/**')) [comment, open] = ['', true];
      if (open) {
        comment += ` ${text
          .replace(/^\/?\*+\/?/, '')
          .replace(/\*\/$/, '')
          .trim()}`;
        open = !text.endsWith('*/');
        continue;
      }
      const declared = /^export (?:interface|type) (\w+)/.exec(line)?.[1];
      const field = /^ {2}(\w+)\??:/.exec(line)?.[1];
      if (declared !== undefined) {
        fields = new Map();
        comments.set(declared, { own: comment.trim(), fields });
      } else if (field !== undefined && comment !== '') fields.set(field, comment.trim());
      comment = '';
    }
  }
  return comments;
}

const COMMENTS = readComments('scene/description.ts', 'geometry/mesh.ts');

function fieldTable(schema: Schema, commentsOf?: string): string[] {
  const fields = commentsOf === undefined ? undefined : COMMENTS.get(commentsOf)?.fields;
  const rows = Object.entries(core(schema).entries ?? {}).map(([name, field]) => {
    const needed = field.type.endsWith('optional') ? '' : 'yes';
    const meaning = descriptionOf(field) || fields?.get(name) || '';
    return `| \`${name}\` | ${typeText(field)} | ${needed} | ${meaning.replaceAll('|', '\\|')} |`;
  });
  return ['| field | value | needed | meaning |', '| --- | --- | --- | --- |', ...rows, ''];
}

/** One schema of a variant or an object under its own heading. */
function section(heading: string, schema: Schema, commentsOf?: string): string[] {
  const { type, options, key } = core(schema);
  const comment = commentsOf === undefined ? '' : (COMMENTS.get(commentsOf)?.own ?? '');
  const text = [descriptionOf(schema), comment, ...rulesOf(schema)].filter((line) => line !== '');
  const lines = [heading, '', ...text.flatMap((line) => [line, ''])];
  if (type !== 'variant') return [...lines, ...fieldTable(schema, commentsOf)];
  for (const option of (options ?? []) as Schema[]) {
    const tag = typeText(core(option).entries?.[key ?? ''] ?? option);
    lines.push(`**\`${key}\`: ${tag}.** ${descriptionOf(option)}`, '', ...fieldTable(option));
  }
  return lines;
}

function messages(schema: Schema): string[] {
  return (core(schema).options as Schema[]).flatMap((option) => {
    const op = String(core(option).entries?.['op']?.literal);
    return section(`### ${op}`, option);
  });
}

const hex = (value: unknown): string => Buffer.from(encode(value)).toString('hex').replaceAll(/(..)/g, '$1 ').trim();

export function renderProtocolPage(): string {
  const extensions = Object.entries(TYPED_ARRAY_EXTENSIONS).map(
    ([type, { name, BYTES_PER_ELEMENT }]) =>
      `| ${type} | ${name.replace('Array', '').toLowerCase()} | ${BYTES_PER_ELEMENT} |`,
  );
  const errors = Object.entries(ERROR_CODES).map(
    ([code, { meaning, retryable }]) => `| \`${code}\` | ${retryable ? 'yes' : ''} | ${meaning} |`,
  );
  return `${[
    '<!-- Made by `npm run protocol` from the schemas in sdk/src; a test fails when it is not up to date. -->',
    '',
    `# The protocol \`${SUBPROTOCOL}\``,
    '',
    `A WebSocket with the subprotocol \`${SUBPROTOCOL}\`; every frame is binary and holds one msgpack value, a map whose`,
    '`op` says which message it is. The client says [hello](#hello) first and is answered with [welcome](#welcome); then it',
    'may send its other messages in any order. Messages are answered in the order they came; events of jobs come between.',
    '',
    'A client names its jobs. To ask again for a job whose id is known is to follow that job from its first event, so a',
    'message that may not have arrived is simply sent again. After a lost connection, [resume](#resume) each job from the',
    'last event seen: none is sent twice and none is left out. The server ignores nothing: an unknown field is an error. A',
    'client ignores fields that it does not know.',
    '',
    '## Connecting',
    '',
    `The address is \`ws://${SERVER_DEFAULTS.host}:${SERVER_DEFAULTS.port}\` unless the server was started otherwise; any path will do. A connection is`,
    'refused by its HTTP status: 426 without the subprotocol, 403 for a web page of another origin, 503 when there are too',
    `many or the server closes. \`hello\` is awaited for ${SERVER_DEFAULTS.helloMillis / 1000} s. Every ${SERVER_DEFAULTS.heartbeatMillis / 1000} s the server sends a WebSocket ping, which`,
    'libraries answer by themselves; a connection that does not answer is ended. Frames are not compressed.',
    '',
    'An [error](#error) leaves the connection open, unless one of the [close codes](#close-codes) follows.',
    '',
    '## Values',
    '',
    'Metres, kilograms, seconds and radians. World: right-handed, y up. Camera: x right, y down, z forward. Quaternions',
    'are x, y, z, w. Pixel centres lie at half integers. A field that is not needed is left out, never nil. A number may',
    'be packed as an integer or a float of any width that holds it.',
    '',
    'Map keys are text. Bytes are `bin`. Typed arrays are extensions, whose payload is the numbers, little-endian,',
    'without a header; no other extension is allowed:',
    '',
    '| type | numbers | bytes each |',
    '| ---: | --- | ---: |',
    ...extensions,
    '',
    `\`{"f": float32 [1, 2.5]}\` is \`${hex({ f: Float32Array.of(1, 2.5) })}\`.`,
    '',
    '## Limits',
    '',
    '| what | limit |',
    '| --- | ---: |',
    `| bytes in a frame; in one to the client, unless its \`hello\` says that it takes more | ${MAX_FRAME_BYTES} |`,
    `| bytes in a message that travels as one frame, and in the \`bytes\` of a chunk: ${CHUNK_OVERHEAD_BYTES} less than in the longest frame that the receiver takes | ${CHUNK_BYTES} |`,
    `| bytes in a message to a server before it has welcomed the client | ${MAX_HELLO_BYTES} |`,
    `| bytes in a message to a server, unless \`welcome\` says otherwise | ${MAX_REQUEST_BYTES} |`,
    `| bytes in a message that a client should take | ${MAX_RESPONSE_BYTES} |`,
    `| levels of nesting | ${MAX_DEPTH} |`,
    `| values in a message, the numbers of a typed array counting as one | ${MAX_VALUES} |`,
    '',
    'Further ones are in `limits` of [welcome](#welcome).',
    '',
    '### chunk',
    '',
    'A message that is longer than a frame may be travels, encoded, in parts. They follow each other without a gap and',
    'without another message between them. Either side sends them.',
    '',
    '| field | value | meaning |',
    '| --- | --- | --- |',
    '| `op` | `"chunk"` | |',
    '| `totalBytes` | integer | Length of the encoded message. |',
    '| `offset` | integer | Where this part begins; 0 starts a message. |',
    `| \`bytes\` | bytes | The part: at most ${CHUNK_BYTES} bytes, unless the receiver takes longer frames. |`,
    '',
    '## From the client',
    '',
    ...messages(asSchema(clientMessageSchema)),
    '## From the server',
    '',
    ...messages(asSchema(serverMessageSchema)),
    '## Types',
    '',
    ...NAMED.flatMap(([name, schema, commentsOf]) => section(`### ${name}`, schema, commentsOf)),
    '## Errors',
    '',
    '| code | retry | meaning |',
    '| --- | --- | --- |',
    ...errors,
    '',
    '## Close codes',
    '',
    '1000 and 1001 are the usual ones. After 1001, or without a code, connect again and resume.',
    '',
    '| code | meaning |',
    '| ---: | --- |',
    `| 1009 | A frame is longer than it may be. |`,
    `| ${CLOSE_CODES.badMessage} | The protocol was broken; an \`error\` came before. |`,
    `| ${CLOSE_CODES.unauthorized} | The token is missing or wrong. |`,
    `| ${CLOSE_CODES.tooSlow} | More waits for the client than it may: it does not read. |`,
    `| ${CLOSE_CODES.internal} | A defect of the server. |`,
  ].join('\n')}\n`;
}
