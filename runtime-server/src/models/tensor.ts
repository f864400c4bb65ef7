/** Dense row-major float32 tensors, and the few helpers that stages share. */
export interface Tensor {
  data: Float32Array;
  /** Outermost first; `data.length` is their product. */
  shape: readonly number[];
}

/** What some graphs take besides; a shape of [] is one number. */
export interface Int64Tensor {
  data: BigInt64Array;
  shape: readonly number[];
}

/** Wraps `data`, checking that it fills `shape`. */
export function tensor(data: Float32Array, shape: readonly number[]): Tensor {
  const expected = sizeOf(shape);
  if (data.length !== expected) {
    throw new RangeError(`a tensor of shape [${shape.join(', ')}] has ${expected} numbers, not ${data.length}`);
  }
  return { data, shape };
}

export function zeros(shape: readonly number[]): Tensor {
  return { data: new Float32Array(sizeOf(shape)), shape };
}

/** The same numbers under another shape. */
export function reshape(source: Tensor, shape: readonly number[]): Tensor {
  return tensor(source.data, shape);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Joins tensors along their first axis; the others must agree. */
export function concatenate(parts: readonly Tensor[]): Tensor {
  const first = parts[0];
  if (first === undefined) throw new RangeError('nothing to concatenate');
  const rest = first.shape.slice(1);
  let length = 0;
  for (const part of parts) {
    if (part.shape.slice(1).join() !== rest.join()) {
      throw new RangeError(`cannot join [${part.shape.join(', ')}] to [${first.shape.join(', ')}]`);
    }
    length += part.shape[0];
  }
  const joined = zeros([length, ...rest]);
  let offset = 0;
  for (const part of parts) {
    joined.data.set(part.data, offset);
    offset += part.data.length;
  }
  return joined;
}

/** Item `index` of the first axis, as a view. */
export function item(source: Tensor, index: number): Tensor {
  const shape = source.shape.slice(1);
  const size = sizeOf(shape);
  return { data: source.data.subarray(index * size, (index + 1) * size), shape };
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
