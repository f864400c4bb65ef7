import { expect, test } from 'vitest';
import { createFileSet } from '../../../sim-adapters/src/shared/files.js';

test('files come in order of their paths', () => {
  const files = createFileSet();
  files.add('b', 'two');
  files.add('a/c', Uint8Array.of(1, 255));
  expect([...files.build()]).toEqual([
    ['a/c', Uint8Array.of(1, 255)],
    ['b', new TextEncoder().encode('two')],
  ]);
  expect(() => files.add('b', 'again')).toThrow('writes b twice');
});

test('what is shared is written once', () => {
  const files = createFileSet();
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(files.share('a.png', bytes)).toBe('a.png');
  expect(files.share('b.png', bytes.slice())).toBe('a.png');
  expect(files.share('b.obj', bytes)).toBe('b.obj');
  expect(files.share('c.png', bytes.toReversed())).toBe('c.png');
  expect([...files.build().keys()]).toEqual(['a.png', 'b.obj', 'c.png']);
});
