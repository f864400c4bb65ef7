// LEAD 11:56: stop, read /work/main/LEAD-READ-THIS.txt — msgpackr is fixed by the user; restore it.
/**
 * Reads bytes that may be hostile. Lengths are held against what is left before anything is built,
 * and depth and the number of values are limited, so that no message costs more than a small
 * multiple of its own size.
 */
import { SceneMakerError } from './errors.js';
import { MAX_DEPTH, MAX_VALUES } from './limits.js';
import { type ExtensionType, LITTLE_ENDIAN, reverseEach, TYPED_ARRAYS } from './msgpack-types.js';

/** Decodes exactly one value. What comes back shares no memory with `bytes`. Errors: bad-request. */
export function decode(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.read(0);
  reader.end();
  return value;
}

const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #values = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) refuse('goes on after its end');
  }

  read(depth: number): unknown {
    if (++this.#values > MAX_VALUES) refuse(`holds more than ${MAX_VALUES} values`);
    const head = this.#uint8();
    if (head <= 0x7f) return head;
    if (head <= 0x8f) return this.#map(head & 0x0f, depth);
    if (head <= 0x9f) return this.#array(head & 0x0f, depth);
    if (head <= 0xbf) return this.#string(head & 0x1f);
    if (head >= 0xe0) return head - 0x100;
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return this.#binary(this.#uint8());
      case 0xc5:
        return this.#binary(this.#uint16());
      case 0xc6:
        return this.#binary(this.#uint32());
      case 0xc7:
        return this.#extension(this.#uint8());
      case 0xc8:
        return this.#extension(this.#uint16());
      case 0xc9:
        return this.#extension(this.#uint32());
      case 0xca:
        return this.#view.getFloat32(this.#take(4));
      case 0xcb:
        return this.#view.getFloat64(this.#take(8));
      case 0xcc:
        return this.#uint8();
      case 0xcd:
        return this.#uint16();
      case 0xce:
        return this.#uint32();
      case 0xcf:
        return toNumber(this.#view.getBigUint64(this.#take(8)));
      case 0xd0:
        return this.#view.getInt8(this.#take(1));
      case 0xd1:
        return this.#view.getInt16(this.#take(2));
      case 0xd2:
        return this.#view.getInt32(this.#take(4));
      case 0xd3:
        return toNumber(this.#view.getBigInt64(this.#take(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(2 ** (head - 0xd4));
      case 0xd9:
        return this.#string(this.#uint8());
      case 0xda:
        return this.#string(this.#uint16());
      case 0xdb:
        return this.#string(this.#uint32());
      case 0xdc:
        return this.#array(this.#uint16(), depth);
      case 0xdd:
        return this.#array(this.#uint32(), depth);
      case 0xde:
        return this.#map(this.#uint16(), depth);
      case 0xdf:
        return this.#map(this.#uint32(), depth);
      default:
        return refuse(`holds the unused byte ${head}`);
    }
  }

  #array(count: number, depth: number): unknown[] {
    this.#enter(count, depth);
    const array: unknown[] = [];
    for (let i = 0; i < count; i++) array.push(this.read(depth + 1));
    return array;
  }

  #map(count: number, depth: number): Record<string, unknown> {
    this.#enter(2 * count, depth);
    const map: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      const key = this.read(depth + 1);
      if (typeof key !== 'string') return refuse('has a key that is not a string');
      if (key === '__proto__') return refuse('has the key __proto__');
      map[key] = this.read(depth + 1);
    }
    return map;
  }

  /** Each value takes a byte at least. */
  #enter(values: number, depth: number): void {
    if (values > this.#bytes.length - this.#at) refuse('declares more values than it has bytes');
    if (depth >= MAX_DEPTH) refuse(`nests deeper than ${MAX_DEPTH} levels`);
  }

  #string(length: number): string {
    const start = this.#take(length);
    try {
      return TEXT.decode(this.#bytes.subarray(start, start + length));
    } catch {
      return refuse('holds text that is not UTF-8');
    }
  }

  #binary(length: number): Uint8Array {
    const start = this.#take(length);
    return new Uint8Array(this.#bytes.subarray(start, start + length));
  }

  #extension(length: number): unknown {
    const type = this.#view.getInt8(this.#take(1));
    const payload = this.#binary(length);
    const TypedArray = Object.hasOwn(TYPED_ARRAYS, type) ? TYPED_ARRAYS[type as ExtensionType] : undefined;
    if (!TypedArray || length % TypedArray.BYTES_PER_ELEMENT !== 0) {
      return refuse(`holds extension type ${type} of ${length} bytes`);
    }
    if (!LITTLE_ENDIAN) reverseEach(payload, TypedArray.BYTES_PER_ELEMENT);
    return new TypedArray(payload.buffer as ArrayBuffer);
  }

  #uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  #uint16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  #uint32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  /** Steps over bytes that must be there; gives where they start. */
  #take(length: number): number {
    if (length > this.#bytes.length - this.#at) refuse('ends before its last value is complete');
    this.#at += length;
    return this.#at - length;
  }
}

function toNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) refuse('holds a whole number beyond 2^53');
  return number;
}

function refuse(reason: string): never {
  throw new SceneMakerError('bad-request', `the message ${reason}`);
}
