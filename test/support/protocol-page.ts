/**
 * `sdk/PROTOCOL.md`, made of what the code itself goes by: the message schemas, the error table, the
 * limits, and the comments in `scene/description.ts`. `npm run protocol` writes it.
 */
import {
  CHUNK_BYTES,
  CHUNK_OVERHEAD_BYTES,
  clientMessageSchema,
  CLOSE_CODES,
  encode,
  ERROR_CODES,
  MAX_DEPTH,
  MAX_FRAME_BYTES,
  MAX_HELLO_BYTES,
  MAX_REQUEST_BYTES,
  MAX_RESPONSE_BYTES,
  MAX_VALUES,
  serverMessageSchema,
  SUBPROTOCOL,
  TYPED_ARRAY_EXTENSIONS,
} from '@scenemaker/sdk';
import { SERVER_DEFAULTS } from '../../runtime-server/src/server/options.js';
import { COMMENTS } from './doc-comments.js';
import { asSchema, core, descriptionOf, rulesOf, type Schema } from './schema-walk.js';
import { NAMED, typeText } from './schema-words.js';

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
