/**
 * One message of every kind as bytes, for clients in other languages to test against, and against any change
 * of the wire by accident. `vitest -u` writes the file anew.
 */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import {
  CLIENT_OPS,
  type ClientMessage,
  decode,
  encode,
  jobEventSchema,
  parseClientMessage,
  parseServerMessage,
  SceneMakerError,
  serverMessageSchema,
  toWireError,
} from '@scenemaker/sdk';
import { boxMesh, exampleObject, exampleScene } from '../../support/example-scene.js';

const FILE = '../../fixtures/protocol/messages.txt';
const jobId = 'job-0001-golden';
const picture = Uint8Array.of(0xff, 0xd8, 0xff);
const mask = { width: 4, height: 2, runs: Uint32Array.of(3, 2, 3) };
const object = exampleObject('object-1', { mask, mesh: boxMesh([1, 0.5, 0.25]) });
const scene = { ...exampleScene(), objects: [object] };
const event = (inner: object) => ({ op: 'event', jobId, number: 7, at: 1_700_000_000_000, event: inner });

const CLIENT: object[] = [
  { op: 'hello', client: 'golden/1', clientId: 'client-0001', token: 'secret', maxFrameBytes: 2 ** 25 },
  {
    op: 'generate',
    jobId,
    priority: 'high',
    request: {
      picture,
      depth: { encoding: 'float32', width: 2, height: 1, meters: Float32Array.of(1.5, NaN) },
      intrinsics: { fx: 500, fy: 501.5, cx: 320, cy: 240 },
      cameraToWorld: { rotation: [0, 0, 0, 1], translation: [0, 1, 0] },
      objects: [{ mask, words: 'mug', sizeMeters: 0.1 }, { box: [0, 0, 2, 2] }, { points: [[1, 1]] }],
      options: { seed: 7, quality: 'fast', maxObjects: 3 },
      outputs: ['objects'],
    },
  },
  { op: 'resume', jobId, afterEvent: 3 },
  { op: 'cancel', jobId },
  { op: 'fetch', jobId },
  { op: 'list' },
] satisfies ClientMessage[];

const error = toWireError(new SceneMakerError('queue-full', 'too many', { given: 3, allowed: 2 }));

const SERVER: object[] = [
  {
    op: 'welcome',
    server: 'server@1',
    capabilities: {
      stages: ['segment'],
      pack: 'p@1',
      executionProvider: 'cpu',
      hints: ['mask'],
      pictureFormats: ['PNG'],
    },
    limits: {
      maxMessageBytes: 134_217_728,
      maxPictureBytes: 67_108_864,
      maxPicturePixels: 50_000_000,
      maxQueuedJobs: 200,
      maxQueuedJobsPerClient: 100,
      maxMessagesPerSecond: 50,
      maxJobSeconds: 3600,
    },
  },
  { op: 'accepted', jobId, queuePosition: 2 },
  event({ type: 'queued', position: 2 }),
  event({ type: 'started', fromCache: true }),
  event({ type: 'progress', stage: 'shape', fraction: 0.5 }),
  event({ type: 'preview', preview: { kind: 'segment', segments: [{ mask, label: 'mug', score: 0.5 }] } }),
  event({ type: 'preview', preview: { kind: 'depth', width: 2, height: 1, depth: Float32Array.of(1, 2) } }),
  event({
    type: 'preview',
    preview: {
      kind: 'deocclude',
      objectId: 'object-1',
      window: { x: 1, y: 2, side: 3 },
      before: picture,
      after: picture,
    },
  }),
  event({
    type: 'preview',
    preview: { kind: 'shape', objectId: 'object-1', label: 'mug', mesh: object.mesh, pose: object.pose },
  }),
  event({ type: 'object', object }),
  event({ type: 'warning', message: 'left out', objectId: 'object-2' }),
  event({ type: 'done', scene }),
  event({ type: 'failed', error }),
  event({ type: 'cancelled' }),
  { op: 'result', jobId, scene },
  {
    op: 'jobs',
    jobs: [
      { jobId, state: 'queued', priority: 'normal', queuePosition: 1, lastEvent: 1, createdAt: 1_700_000_000_000 },
    ],
  },
  { op: 'error', inReplyTo: 'generate', jobId, error },
];

function nameOf(message: object): string {
  const { op, event: inner } = message as { op: string; event?: { type: string; preview?: { kind: string } } };
  return [op, inner?.type, inner?.preview?.kind].filter(Boolean).join(' ');
}

const line = (message: object) => `${nameOf(message)}: ${Buffer.from(encode(message)).toString('hex')}`;

test('the bytes of every message are those of the file', async () => {
  const client = CLIENT.map((message) => `> ${line(message)}`);
  const server = SERVER.map((message) => `< ${line(message)}`);
  await expect(`${[...client, ...server].join('\n')}\n`).toMatchFileSnapshot(FILE);
});

test('the bytes of the file are the messages', async () => {
  const lines = (await readFile(new URL(FILE, import.meta.url), 'utf8')).trim().split('\n');
  const read = (sign: string) =>
    lines
      .filter((text) => text.startsWith(sign))
      .map((text) => decode(Uint8Array.from(Buffer.from(text.split(': ')[1] ?? '', 'hex'))));
  expect(read('>').map(parseClientMessage)).toEqual(CLIENT);
  expect(read('<').map(parseServerMessage)).toEqual(SERVER);
});

test('no kind of message is missing', () => {
  expect(CLIENT.map(nameOf)).toEqual([...CLIENT_OPS]);
  const ops = serverMessageSchema.options.map((option) => option.entries.op.literal);
  expect(new Set(SERVER.map((message) => nameOf(message).split(' ')[0]))).toEqual(new Set(ops));
  const types = jobEventSchema.options.map((option) => option.entries.type.literal);
  expect(new Set(SERVER.flatMap((message) => nameOf(message).split(' ')[1] ?? []))).toEqual(new Set(types));
});
