import { describe, expect, test } from 'vitest';
import { decode, decodeInPlace, encode, MAX_DEPTH, MAX_VALUES } from '@scenemaker/sdk';

const BAD = { code: 'bad-request' };

describe('what is encoded comes back the same', () => {
  test.each<[string, unknown]>([
    ['scalars', [null, true, false, 0, -1, 127, 128, -32769, 2 ** 31, 2 ** 40, 1.5, -0.1, Number.MAX_SAFE_INTEGER]],
    ['text', ['', 'a', 'é✓🙂', 'x'.repeat(70_000)]],
    ['nested objects', { a: { b: [{ c: 1 }, {}] }, list: Array.from({ length: 40 }, (_, i) => i) }],
    ['bytes', new Uint8Array([1, 2, 3])],
    [
      'typed arrays of every kind',
      { u: Uint16Array.of(1, 65535), i: Uint32Array.of(2 ** 32 - 1), f: Float32Array.of(1.5, -2) },
    ],
    ['an array of one element, a fixed extension', [Uint16Array.of(7), Float32Array.of(7), Float64Array.of(7)]],
    ['an empty typed array', new Float32Array()],
    ['a typed array that is a view', new Float32Array([1, 2, 3, 4]).subarray(1, 3)],
  ])('%s', (_, value) => {
    expect(decode(encode(value))).toEqual(value);
  });

  test('special floats, bit for bit', () => {
    const back = decode(encode({ f: Float32Array.of(NaN, -0, Infinity) })) as { f: Float32Array };
    expect([...back.f]).toEqual([NaN, -0, Infinity]);
  });

  test('typed arrays survive at every byte offset, and keep no larger buffer alive', () => {
    for (let padding = 0; padding < 9; padding++) {
      const value = { pad: 'x'.repeat(padding), f: Float32Array.of(1, 2, 3) };
      const back = decode(encode(value)) as typeof value;
      expect(back).toEqual(value);
      expect(back.f.buffer.byteLength).toBe(12);
    }
  });

  test('the encoded bytes stay as they are when more is encoded', () => {
    const first = encode({ a: 'one' });
    const before = [...first];
    encode({ b: new Uint8Array(100_000) });
    expect([...first]).toEqual(before);
    expect(first.buffer.byteLength).toBe(first.length);
  });
});

test('golden bytes: what another language has to produce', () => {
  const message = { op: 'x', n: 258, f: Float32Array.of(1), u: Uint16Array.of(1, 2, 3), b: new Uint8Array([9]) };
  expect(Buffer.from(encode(message)).toString('hex')).toBe(
    [
      '85',
      'a26f70',
      'a178',
      'a16e',
      'cd0102',
      'a166',
      'd6130000803f',
      'a175',
      'c70611010002000300',
      'a162',
      'c40109',
    ].join(''),
  );
});

describe('in place', () => {
  test.each([Uint16Array, Uint32Array, Float32Array, Float64Array])('%o is the same, wherever it begins', (Numbers) => {
    for (const length of [3, 40_000]) {
      for (let shift = 0; shift < 8; shift++) {
        const value = {
          name: 'x'.repeat(shift),
          first: new Numbers(length).map((_: number, i: number) => i),
          second: Numbers.of(7, 8),
        };
        expect(decodeInPlace(encode(value))).toEqual(value);
      }
    }
  });

  test('a long array is a view of the message, a short one is not', () => {
    const bytes = encode({ long: new Float32Array(20_000), short: new Float32Array(20) });
    const { long, short } = decodeInPlace(bytes) as Record<'long' | 'short', Float32Array>;
    expect([long.buffer === bytes.buffer, short.buffer === bytes.buffer]).toEqual([true, false]);
  });
});

describe('hostile bytes are refused before they are decoded', () => {
  const nested = (depth: number) => Uint8Array.from([...new Uint8Array(depth).fill(0x91), 0xc0]);

  test.each<[string, Uint8Array | number[]]>([
    ['nothing', []],
    ['an unfinished map', [0x81, 0xa1, 0x61]],
    ['a string longer than the message', [0xdb, 0xff, 0xff, 0xff, 0xff, 0x61]],
    ['bytes longer than the message', [0xc6, 0x7f, 0xff, 0xff, 0xff]],
    ['an array of 4 thousand million values', [0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0]],
    ['a map of 4 thousand million entries', [0xdf, 0xff, 0xff, 0xff, 0xff]],
    ['the unused byte', [0xc1]],
    ['trailing bytes', [0xc0, 0xc0]],
    ['a number as a key', [0x81, 0x01, 0x02]],
    ['__proto__ as a short key', [0x81, 0xa9, ...Buffer.from('__proto__'), 0xc0]],
    ['__proto__ as a long key', [0x81, 0xd9, 9, ...Buffer.from('__proto__'), 0xc0]],
    ['a timestamp', [0xd6, 0xff, 0, 0, 0, 0]],
    ['a regular expression', [0xc7, 2, 0x78, 0xa1, 0x61]],
    ['a record definition', [0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 0x01]],
    ['half a float', [0xd5, 19, 0, 0]],
    ['one level too deep', nested(MAX_DEPTH + 1)],
    ['far too deep', nested(100_000)],
    ['a flood of values', Uint8Array.from([0xdd, 0, 0x10, 0, 0, ...new Uint8Array(0x100000)])],
  ])('%s', (_, bytes) => {
    expect(() => decode(Uint8Array.from(bytes))).toThrow(expect.objectContaining(BAD));
  });

  test('the deepest and the fullest message allowed are taken', () => {
    expect(() => decode(nested(MAX_DEPTH))).not.toThrow();
    const full = encode(Array.from({ length: MAX_VALUES - 1 }, () => 0));
    expect(decode(full)).toHaveLength(MAX_VALUES - 1);
  });

  test('any change of any byte is either decoded or refused as bad-request', () => {
    const bytes = encode({ op: 'generate', jobId: 'abcdefgh', n: [1, 2.5, null], f: Float32Array.of(1, 2) });
    for (let at = 0; at < bytes.length; at++) {
      for (let value = 0; value < 256; value++) {
        const changed = bytes.slice();
        changed[at] = value;
        try {
          decode(changed);
        } catch (thrown) {
          expect(thrown).toMatchObject(BAD);
        }
      }
    }
  });
});
