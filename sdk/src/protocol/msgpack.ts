/**
 * Values to bytes and back: msgpack, with typed arrays as extensions.
 *
 * Plain msgpack of any language will do. `Uint8Array` is `bin`; the other typed arrays are these
 * extension types, whose payload is the numbers, little-endian, without a header:
 *
 *   17  uint16     18  uint32     19  float32     20  float64
 *
 * No other extension type is sent, and none is accepted. Map keys are strings.
 */
import { addExtension, Packr } from 'msgpackr';
import { SceneMakerError } from './errors.js';
import { checkStructure } from './structure.js';

const TYPED_ARRAYS = { 17: Uint16Array, 18: Uint32Array, 19: Float32Array, 20: Float64Array } as const;

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

for (const [type, TypedArray] of Object.entries(TYPED_ARRAYS)) {
  addExtension({
    Class: TypedArray,
    type: Number(type),
    pack: (array: InstanceType<typeof TypedArray>) =>
      swapOnBigEndian(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), TypedArray.BYTES_PER_ELEMENT),
    // A copy, because the payload may start at any byte and would keep the whole message alive.
    unpack: (bytes: Uint8Array) =>
      new TypedArray(new Uint8Array(swapOnBigEndian(bytes, TypedArray.BYTES_PER_ELEMENT)).buffer),
  });
}

const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number', copyBuffers: true });

/** Encodes plain objects, arrays, strings, finite or other numbers, booleans, null and typed arrays. */
export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  // msgpackr gives a view of its working buffer; a copy keeps no more alive than it is long.
  return new Uint8Array(packr.pack(value));
}

/** Decodes bytes that may be hostile. Errors: bad-request. */
export function decode(bytes: Uint8Array): unknown {
  checkStructure(bytes, (type, length) => {
    const TypedArray = TYPED_ARRAYS[type as keyof typeof TYPED_ARRAYS];
    return TYPED_ARRAYS.hasOwnProperty(type) && length % TypedArray.BYTES_PER_ELEMENT === 0;
  });
  try {
    return packr.unpack(bytes);
  } catch (cause) {
    throw new SceneMakerError('bad-request', 'the message is not valid msgpack', { cause });
  }
}

function swapOnBigEndian(bytes: Uint8Array, elementBytes: number): Uint8Array {
  if (LITTLE_ENDIAN) return bytes;
  const swapped = new Uint8Array(bytes);
  for (let at = 0; at < swapped.length; at += elementBytes) swapped.subarray(at, at + elementBytes).reverse();
  return swapped;
}
