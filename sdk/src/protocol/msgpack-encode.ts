// LEAD 11:56: stop, read /work/main/LEAD-READ-THIS.txt — msgpackr is fixed by the user; restore it.
/** Measures a value first, then writes it into a buffer of exactly that size. */
import { SceneMakerError } from './errors.js';
import { MAX_DEPTH } from './limits.js';
import { type ExtensionType, LITTLE_ENDIAN, reverseEach, TYPED_ARRAYS } from './msgpack-types.js';

interface Extension {
  type: ExtensionType;
  array: Uint16Array | Uint32Array | Float32Array | Float64Array;
}

const UTF8 = new TextEncoder();

const EXTENSIONS = Object.entries(TYPED_ARRAYS).map(([type, TypedArray]) => ({
  type: Number(type) as ExtensionType,
  TypedArray,
}));

/**
 * Encodes null, booleans, numbers, strings, arrays, plain objects, `Uint8Array` and the typed arrays
 * of `msgpack-types.ts`. Fields that are undefined are left out. Errors: internal for anything else.
 */
export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  const writer = new Writer(sizeOf(value, 0));
  writer.write(value);
  return writer.bytes;
}

function sizeOf(value: unknown, depth: number): number {
  if (depth > MAX_DEPTH) throw unencodable(`nests deeper than ${MAX_DEPTH} levels`);
  if (value === null || value === undefined || typeof value === 'boolean') return 1;
  if (typeof value === 'number') return sizeOfNumber(value);
  if (typeof value === 'string') {
    const bytes = utf8Length(value);
    return bytes + (bytes < 32 ? 1 : bytes < 0x100 ? 2 : bytes < 0x10000 ? 3 : 5);
  }
  if (typeof value !== 'object') throw unencodable(`holds a ${typeof value}`);
  if (value instanceof Uint8Array) return value.length + lengthHeader(value.length);
  const extension = extensionOf(value);
  if (extension) return extension.array.byteLength + lengthHeader(extension.array.byteLength) + 1;
  if (Array.isArray(value)) {
    return value.reduce<number>((size, item) => size + sizeOf(item, depth + 1), countHeader(value.length));
  }
  const entries = entriesOf(value);
  return entries.reduce(
    (size, [key, item]) => size + sizeOf(key, depth) + sizeOf(item, depth + 1),
    countHeader(entries.length),
  );
}

class Writer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  write(value: unknown): void {
    if (value === null || value === undefined) this.#uint8(0xc0);
    else if (typeof value === 'boolean') this.#uint8(value ? 0xc3 : 0xc2);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#string(value);
    else if (value instanceof Uint8Array) {
      this.#length(value.length, 0xc4);
      this.#copy(value);
    } else if (Array.isArray(value)) {
      this.#count(value.length, 0x90, 0xdc);
      for (const item of value) this.write(item);
    } else this.#object(value);
  }

  #object(value: object): void {
    const extension = extensionOf(value);
    if (extension) {
      const { array, type } = extension;
      this.#length(array.byteLength, 0xc7);
      this.#uint8(type);
      const start = this.#at;
      this.#copy(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      if (!LITTLE_ENDIAN) reverseEach(this.bytes.subarray(start, this.#at), array.BYTES_PER_ELEMENT);
      return;
    }
    const entries = entriesOf(value);
    this.#count(entries.length, 0x80, 0xde);
    for (const [key, item] of entries) {
      this.#string(key);
      this.write(item);
    }
  }

  #number(value: number): void {
    const size = sizeOfNumber(value);
    const at = this.#at;
    this.#at += size;
    const negative = value < 0;
    if (size === 1) this.#view.setInt8(at, value);
    else if (size === 2) this.#tagged(at, negative ? 0xd0 : 0xcc).setUint8(at + 1, value);
    else if (size === 3) this.#tagged(at, negative ? 0xd1 : 0xcd).setUint16(at + 1, value);
    else if (size === 5) this.#tagged(at, negative ? 0xd2 : 0xce).setUint32(at + 1, value);
    else this.#tagged(at, 0xcb).setFloat64(at + 1, value);
  }

  #tagged(at: number, head: number): DataView {
    this.#view.setUint8(at, head);
    return this.#view;
  }

  #string(text: string): void {
    const length = utf8Length(text);
    if (length < 32) this.#uint8(0xa0 | length);
    else this.#length(length, 0xd9);
    const { written } = UTF8.encodeInto(text, this.bytes.subarray(this.#at));
    this.#at += written;
  }

  /** `head` is that of the 8-bit form; the 16- and 32-bit forms follow it. */
  #length(length: number, head: number): void {
    if (length < 0x100) {
      this.#uint8(head);
      this.#uint8(length);
    } else if (length < 0x10000) {
      this.#uint8(head + 1);
      this.#uint16(length);
    } else {
      this.#uint8(head + 2);
      this.#uint32(length);
    }
  }

  #count(count: number, short: number, head: number): void {
    if (count < 16) this.#uint8(short | count);
    else if (count < 0x10000) {
      this.#uint8(head);
      this.#uint16(count);
    } else {
      this.#uint8(head + 1);
      this.#uint32(count);
    }
  }

  #copy(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #uint8(value: number): void {
    this.#view.setUint8(this.#at, value);
    this.#at += 1;
  }

  #uint16(value: number): void {
    this.#view.setUint16(this.#at, value);
    this.#at += 2;
  }

  #uint32(value: number): void {
    this.#view.setUint32(this.#at, value);
    this.#at += 4;
  }
}

/** Whole numbers take the shortest form up to 32 bits; all others are doubles. */
function sizeOfNumber(value: number): 1 | 2 | 3 | 5 | 9 {
  if (!Number.isInteger(value) || Object.is(value, -0)) return 9;
  if (value >= -32 && value < 128) return 1;
  if (value >= -0x80 && value < 0x100) return 2;
  if (value >= -0x8000 && value < 0x10000) return 3;
  if (value >= -0x80000000 && value < 0x100000000) return 5;
  return 9;
}

function lengthHeader(length: number): number {
  return length < 0x100 ? 2 : length < 0x10000 ? 3 : 5;
}

function countHeader(count: number): number {
  return count < 16 ? 1 : count < 0x10000 ? 3 : 5;
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    length += code < 0x800 ? 1 : 2;
    // The second half of a pair was counted already: four bytes for two units.
    const next = text.charCodeAt(i + 1);
    if (code >= 0xd800 && code < 0xdc00 && next >= 0xdc00 && next < 0xe000) i++;
  }
  return length;
}

function extensionOf(value: object): Extension | undefined {
  for (const { type, TypedArray } of EXTENSIONS) if (value instanceof TypedArray) return { type, array: value };
  return undefined;
}

function entriesOf(value: object): [string, unknown][] {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw unencodable(`holds a ${value.constructor.name}`);
  }
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

function unencodable(what: string): SceneMakerError {
  return new SceneMakerError('internal', `a message ${what}, which the wire does not carry`);
}
