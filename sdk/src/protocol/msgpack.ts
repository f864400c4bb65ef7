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
import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';
import { SceneMakerError } from './errors.js';
import { checkStructure } from './structure.js';

export const TYPED_ARRAY_EXTENSIONS = { 17: Uint16Array, 18: Uint32Array, 19: Float32Array, 20: Float64Array } as const;

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** `place` brings the payload of an array to where its numbers may begin. */
function createCodec(place: (payload: Uint8Array, elementBytes: number) => Uint8Array<ArrayBuffer>): ExtensionCodec {
  const codec = new ExtensionCodec();
  for (const [type, TypedArray] of Object.entries(TYPED_ARRAY_EXTENSIONS)) {
    codec.register({
      type: Number(type),
      encode: (value) =>
        value instanceof TypedArray
          ? swapOnBigEndian(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), value.BYTES_PER_ELEMENT)
          : null,
      decode(payload) {
        const elementBytes = TypedArray.BYTES_PER_ELEMENT;
        const { buffer, byteOffset, length } = place(swapOnBigEndian(payload, elementBytes), elementBytes);
        return new TypedArray(buffer, byteOffset, length / elementBytes);
      },
    });
  }
  return codec;
}

const copy = (payload: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(payload);

/** A payload longer than this has a header of six bytes. */
const LONGEST_EXT16 = 0xffff;

/**
 * Numbers may begin at multiples of their size alone. A long payload is moved there, over its own header, which has
 * been read; a short one is copied, since as a view it would keep the whole message alive.
 */
function moveOrCopy(payload: Uint8Array, elementBytes: number): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = payload;
  const shift = byteOffset % elementBytes;
  if (length <= LONGEST_EXT16 || shift > 6 || !(buffer instanceof ArrayBuffer)) return copy(payload);
  if (shift > 0) new Uint8Array(buffer).copyWithin(byteOffset - shift, byteOffset, byteOffset + length);
  return new Uint8Array(buffer, byteOffset - shift, length);
}

const extensionCodec = createCodec(copy);
const decoder = new Decoder({ extensionCodec });
const inPlaceDecoder = new Decoder({ extensionCodec: createCodec(moveOrCopy) });

/**
 * Encodes plain objects, arrays, strings, finite or other numbers, booleans, null and typed arrays.
 * A field that is undefined is left out.
 */
export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  // A new encoder each time, since one keeps the largest buffer it ever needed.
  return new Encoder({ extensionCodec, ignoreUndefined: true }).encode(value);
}

/** Decodes bytes that may be hostile; `Uint8Array`s are views of `bytes`. Errors: bad-request. */
export function decode(bytes: Uint8Array): unknown {
  return decodeWith(decoder, bytes);
}

/** As `decode`, but long arrays are views of `bytes` too, which are changed: nobody may read them again. */
export function decodeInPlace(bytes: Uint8Array): unknown {
  return decodeWith(inPlaceDecoder, bytes);
}

function decodeWith(decoder: Decoder, bytes: Uint8Array): unknown {
  checkStructure(bytes, (type, length) => {
    const TypedArray = TYPED_ARRAY_EXTENSIONS[type as keyof typeof TYPED_ARRAY_EXTENSIONS];
    return TYPED_ARRAY_EXTENSIONS.hasOwnProperty(type) && length % TypedArray.BYTES_PER_ELEMENT === 0;
  });
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new SceneMakerError('bad-request', 'the message is not valid msgpack', { cause });
  }
}

/**
 * `encode({ ...fields, [name]: value })` for a value that is encoded already, in parts: nothing is encoded
 * twice, and its bytes are copied once. There are fewer than 15 fields.
 */
export function encodeAround(
  fields: Record<string, unknown>,
  name: string,
  ...encodedValue: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const parts = [encode(fields), encode(name), ...encodedValue];
  const message = concatenate(parts);
  message[0] += 1; // One field more in a fixmap, whose low four bits count them.
  return message;
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function swapOnBigEndian(bytes: Uint8Array, elementBytes: number): Uint8Array {
  if (LITTLE_ENDIAN) return bytes;
  const swapped = new Uint8Array(bytes);
  for (let at = 0; at < swapped.length; at += elementBytes) swapped.subarray(at, at + elementBytes).reverse();
  return swapped;
}
