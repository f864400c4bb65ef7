import { describe, expect, test } from 'vitest';
import {
  decode,
  encode,
  ERROR_CODES,
  fromWireError,
  parseClientMessage,
  parseServerMessage,
  SceneMakerError,
  toWireError,
} from '@scenemaker/sdk';
import { exampleScene } from '../../support/example-scene.js';

const jobId = 'job-0001-test';
const picture = new Uint8Array([0xff, 0xd8, 0xff]);
const mask = { width: 4, height: 2, runs: Uint32Array.of(3, 2, 3) };

describe('client messages', () => {
  test.each<[string, object]>([
    ['hello', { op: 'hello', client: 'test/1' }],
    ['hello with a token', { op: 'hello', client: 'test/1', token: 'secret' }],
    ['generate from a picture alone', { op: 'generate', jobId, request: { picture } }],
    [
      'generate with all that may be known',
      {
        op: 'generate',
        jobId,
        request: {
          picture,
          depth: { encoding: 'float32', width: 2, height: 1, meters: Float32Array.of(1, NaN) },
          intrinsics: { fx: 500, fy: 501, cx: 320, cy: 240 },
          cameraToWorld: { rotation: [0, 0, 0, 1], translation: [0, 1, 0] },
          objects: [
            { mask, words: 'mug' },
            { box: [0, 0, 2, 2] },
            { points: [[1, 1]] },
            { words: 'plate', deoccludeWords: 'white' },
          ],
          options: { seed: 7, quality: 'fast', maxObjects: 3 },
        },
      },
    ],
    ['resume', { op: 'resume', jobId, afterEvent: 3 }],
    ['cancel', { op: 'cancel', jobId }],
    ['fetch', { op: 'fetch', jobId }],
    ['list', { op: 'list' }],
  ])('%s passes the wire unchanged', (_, message) => {
    expect(parseClientMessage(decode(encode(message)))).toEqual(message);
  });

  test.each<[string, unknown, string]>([
    ['no message at all', null, 'message'],
    ['an unknown op', { op: 'destroy' }, 'op'],
    ['an unknown field', { op: 'list', all: true }, 'all'],
    ['a short job id', { op: 'cancel', jobId: 'a' }, 'jobId'],
    ['an empty picture', { op: 'generate', jobId, request: { picture: new Uint8Array() } }, 'request.picture'],
    ['a picture as text', { op: 'generate', jobId, request: { picture: 'aGVsbG8' } }, 'request.picture'],
    ['an unknown option', { op: 'generate', jobId, request: { picture, options: { sed: 1 } } }, 'request.options.sed'],
    ['a seed below 0', { op: 'generate', jobId, request: { picture, options: { seed: -1 } } }, 'request.options.seed'],
    [
      'a focal length of 0',
      { op: 'generate', jobId, request: { picture, intrinsics: { fx: 0, fy: 1, cx: 1, cy: 1 } } },
      'request.intrinsics.fx',
    ],
    [
      'a rotation that is none',
      {
        op: 'generate',
        jobId,
        request: { picture, cameraToWorld: { rotation: [0, 0, 0, 2], translation: [0, 0, 0] } },
      },
      'request.cameraToWorld.rotation',
    ],
    [
      'a depth map of the wrong size',
      {
        op: 'generate',
        jobId,
        request: { picture, depth: { encoding: 'float32', width: 2, height: 2, meters: Float32Array.of(1) } },
      },
      'request.depth',
    ],
    [
      'runs that do not fill the mask',
      { op: 'generate', jobId, request: { picture, objects: [{ mask: { ...mask, width: 5 } }] } },
      'request.objects.0.mask',
    ],
    ['a hint that names nothing', { op: 'generate', jobId, request: { picture, objects: [{}] } }, 'request.objects.0'],
  ])('%s is refused by name', (_, message, path) => {
    expect(() => parseClientMessage(message)).toThrow(
      expect.objectContaining({
        code: 'bad-request',
        message: expect.stringMatching(new RegExp(`^${path.replaceAll('.', '\\.')}:`)),
      }),
    );
  });
});

describe('server messages', () => {
  const scene = exampleScene();
  const event = (inner: object) => ({ op: 'event', jobId, number: 1, at: 1.5e12, event: inner });

  test.each<[string, object]>([
    ['accepted', { op: 'accepted', jobId, queuePosition: 0 }],
    ['queued', event({ type: 'queued', position: 2 })],
    ['progress', event({ type: 'progress', stage: 'shape', fraction: 0.5 })],
    ['masks', event({ type: 'preview', preview: { kind: 'segment', segments: [{ mask, label: 'mug', score: 0.9 }] } })],
    ['an object', event({ type: 'object', object: scene.objects[0] })],
    ['the scene', event({ type: 'done', scene })],
    [
      'a failure',
      event({ type: 'failed', error: toWireError(new SceneMakerError('inference-crashed', 'it crashed')) }),
    ],
    ['a result', { op: 'result', jobId, scene }],
    ['an error', { op: 'error', inReplyTo: null, error: toWireError(new SceneMakerError('bad-request', 'no')) }],
  ])('%s passes the wire unchanged', (_, message) => {
    expect(parseServerMessage(decode(encode(message)))).toEqual(message);
  });

  test('a field that a later server adds is ignored', () => {
    expect(parseServerMessage({ op: 'accepted', jobId, queuePosition: 0, new: 1 })).toEqual({
      op: 'accepted',
      jobId,
      queuePosition: 0,
    });
  });

  test('an index beyond the vertices of a mesh is refused', () => {
    const [object] = scene.objects;
    const broken = { ...object, mesh: { ...object?.mesh, indices: Uint32Array.of(0, 1, 1e9) } };
    expect(() => parseServerMessage(event({ type: 'object', object: broken }))).toThrow(/event\.object\.mesh: .*index/);
  });
});

describe('errors on the wire', () => {
  test.each(Object.keys(ERROR_CODES) as (keyof typeof ERROR_CODES)[])('%s keeps its code and details', (code) => {
    const sent = new SceneMakerError(code, 'what happened', { given: 3, allowed: [1, 2] });
    const received = fromWireError(decode(encode(toWireError(sent))) as ReturnType<typeof toWireError>);
    expect(received).toMatchObject({ code, message: 'what happened', details: { given: 3, allowed: [1, 2] } });
  });

  test('something else that was thrown becomes internal, without its stack', () => {
    const error = toWireError(new TypeError('x is not a function'));
    expect(error).toEqual({ code: 'internal', message: 'x is not a function', retryable: false });
  });
});
