/**
 * Values to bytes and back: msgpack, with typed arrays as extensions.
 *
 * Plain msgpack of any language will do. `Uint8Array` is `bin`; the other typed arrays are these
 * extension types, whose payload is the numbers, little-endian, without a header:
 *
 *   17  uint16     18  uint32     19  float32     20  float64
 *
 * No other extension type is sent, and none is accepted. Map keys are strings.
 *
 * Why not a library: the smallest weighs more than the rest of the client, writes large arrays
 * through a growing buffer, and reads far more than this protocol allows, such as extensions that
 * build objects. The tests hold this one against msgpackr in both directions.
 */
export const TYPED_ARRAYS = { 17: Uint16Array, 18: Uint32Array, 19: Float32Array, 20: Float64Array } as const;

export type ExtensionType = keyof typeof TYPED_ARRAYS;

export const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Turns the bytes of every number around, in place. */
export function reverseEach(bytes: Uint8Array, elementBytes: number): void {
  for (let at = 0; at < bytes.length; at += elementBytes) bytes.subarray(at, at + elementBytes).reverse();
}
