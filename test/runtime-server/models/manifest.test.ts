import { describe, expect, test } from 'vitest';
import { parseManifest } from '../../../runtime-server/src/models/index.js';

const SHA = 'a'.repeat(64);

function manifest(changes: object = {}, file: object = {}): string {
  return JSON.stringify({
    format: 1,
    name: 'tiny',
    version: '0.1.0',
    license: 'Apache-2.0',
    stages: {
      depth: {
        files: { model: { path: 'depth.onnx', bytes: 4, sha256: SHA, ...file } },
        settings: { pictureSize: 64 },
      },
    },
    ...changes,
  });
}

describe('the manifest of a pack', () => {
  test('is read with free dimensions, numbers and settings', () => {
    const tensors = { inputs: { image: { type: 'float32', shape: [1, 3, 'height', 'width'] } } };
    const { stages } = parseManifest(manifest({}, tensors));
    expect(stages['depth'].settings).toEqual({ pictureSize: 64 });
    expect(stages['depth'].files['model'].inputs?.['image'].shape).toEqual([1, 3, 'height', 'width']);
  });

  test.each([
    ['text that is not JSON', '{', /not JSON/],
    ['another format', manifest({ format: 2 }), /format/],
    ['a checksum of a wrong length', manifest({}, { sha256: 'ab' }), /stages\.depth\.files\.model\.sha256/],
    ['a checksum without a size', manifest({}, { bytes: undefined }), /bytes and sha256 are given together/],
    ['a negative size', manifest({}, { bytes: -1 }), /bytes/],
    ['a path out of the folder', manifest({}, { path: '../other.onnx' }), /inside the folder/],
    ['an absolute path', manifest({}, { path: '/etc/passwd' }), /inside the folder/],
    ['a stage of another name', manifest({ stages: { dept: { files: {} } } }), /stages are segment, depth, /],
    ['a backend of another name', manifest({ stages: { depth: { backend: 'torch' } } }), /depth\.backend.*onnx/],
    ['a base of another name', manifest({ base: 'other' }), /base/],
    ['no stages', manifest({ stages: undefined }), /stages/],
  ])('is refused with %s', (_, text, message) => {
    expect(() => parseManifest(text)).toThrow(
      expect.objectContaining({ code: 'pack-corrupt', message: expect.stringMatching(message) }),
    );
  });
});
