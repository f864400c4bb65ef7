/**
 * A scene description as JSON values and back, without loss.
 *
 * Plain data stays as it is. What JSON cannot hold becomes an object with a single key:
 *
 *   typed array      { "$Float32Array": "base64, little-endian" }
 *   NaN, +-Infinity, -0      { "$number": "NaN" }
 */

const TYPED_ARRAYS = {
  $Uint8Array: Uint8Array,
  $Uint16Array: Uint16Array,
  $Uint32Array: Uint32Array,
  $Int32Array: Int32Array,
  $Float32Array: Float32Array,
  $Float64Array: Float64Array,
} as const;

/** JSON values for `value`; keys whose value is undefined are left out. */
export function encode(value: unknown): unknown {
  if (typeof value === 'number')
    return isPlainNumber(value) ? value : { $number: Object.is(value, -0) ? '-0' : String(value) };
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => encode(item));
  if (ArrayBuffer.isView(value)) return encodeTypedArray(value);
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([key, item]) => [key, encode(item)]));
  }
  throw new TypeError(`A scene description cannot hold a ${typeof value}.`);
}

/** The inverse of `encode`. */
export function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => decode(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [key, item] = entries[0] ?? [];
  if (entries.length === 1 && typeof item === 'string') {
    if (key === '$number') return Number(item);
    if (key !== undefined && key in TYPED_ARRAYS) {
      const bytes = fromBase64(item);
      return new TYPED_ARRAYS[key as keyof typeof TYPED_ARRAYS](bytes.buffer);
    }
  }
  return Object.fromEntries(entries.map(([name, entry]) => [name, decode(entry)]));
}

const isPlainNumber = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0);

function encodeTypedArray(array: ArrayBufferView): unknown {
  const key = `$${array.constructor.name === 'Buffer' ? 'Uint8Array' : array.constructor.name}`;
  if (!(key in TYPED_ARRAYS)) throw new TypeError(`A scene description cannot hold a ${array.constructor.name}.`);
  return { [key]: toBase64(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)) };
}

/** In pieces: an argument list has a length limit. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
