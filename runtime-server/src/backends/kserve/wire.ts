/**
 * Tensors as the Open Inference Protocol puts them into HTTP bodies: as JSON, or, where the server has the binary tensor
 * data extension, as bytes after a JSON header
 * (https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol/binary-tensor-data-extension).
 */
import { SceneMakerError } from '@scenemaker/sdk';
import * as v from 'valibot';

/** A tensor on the wire. BYTES are texts in UTF-8. */
export type WireTensor =
  | { datatype: 'FP32'; shape: readonly number[]; data: Float32Array }
  | { datatype: 'UINT8'; shape: readonly number[]; data: Uint8Array }
  | { datatype: 'INT32'; shape: readonly number[]; data: Int32Array }
  | { datatype: 'BYTES'; shape: readonly number[]; data: readonly string[] };

export type Datatype = WireTensor['datatype'];

export interface Body {
  headers: Record<string, string>;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The header that says where the JSON ends and the tensors begin. */
export const HEADER_LENGTH = 'inference-header-content-length';

/** Some servers cannot do without one; requests are told apart by their connections. */
const REQUEST_ID = 'scenemaker';

export function encodeRequest(inputs: Record<string, WireTensor>, binary: boolean): Body {
  if (!binary) {
    const listed = Object.entries(inputs).map(([name, tensor]) => ({ name, ...tensor, data: [...tensor.data] }));
    const bytes = new TextEncoder().encode(JSON.stringify({ id: REQUEST_ID, inputs: listed }));
    return { headers: { 'content-type': 'application/json' }, bytes };
  }
  const blobs = Object.values(inputs).map(toBytes);
  const listed = Object.entries(inputs).map(([name, { datatype, shape }], i) => {
    return { name, datatype, shape, parameters: { binary_data_size: blobs[i].length } };
  });
  const header = new TextEncoder().encode(
    JSON.stringify({ id: REQUEST_ID, inputs: listed, parameters: { binary_data_output: true } }),
  );
  return {
    headers: { 'content-type': 'application/octet-stream', [HEADER_LENGTH]: String(header.length) },
    bytes: Buffer.concat([header, ...blobs]),
  };
}

const outputSchema = v.object({
  name: v.string(),
  datatype: v.string(),
  shape: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
  parameters: v.nullish(v.record(v.string(), v.unknown())),
  data: v.nullish(v.array(v.unknown())),
});
const responseSchema = v.object({ outputs: v.array(outputSchema) });

/**
 * Every output by name, as floats, bytes, integers or texts, whatever the server counts with.
 * @param headerLength The value of the header of that name; undefined where all is JSON.
 * Throws an Error that says what is wrong.
 */
export function decodeResponse(bytes: Uint8Array, headerLength?: number): Record<string, WireTensor> {
  const json: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(0, headerLength ?? bytes.length)));
  const { outputs } = v.parse(responseSchema, json);
  const tensors: Record<string, WireTensor> = {};
  let position = headerLength ?? bytes.length;
  for (const { name, datatype, shape, parameters, data } of outputs) {
    const count = shape.reduce((product, size) => product * size, 1);
    const size = parameters?.['binary_data_size'];
    let numbers: ArrayLike<unknown>;
    if (typeof size === 'number') {
      if (position + size > bytes.length) throw new Error(`output ${name} ends after the body does`);
      numbers = fromBytes(bytes.subarray(position, position + size), datatype);
      position += size;
    } else numbers = data == null ? [] : flat(data);
    if (numbers.length !== count) {
      throw new Error(`output ${name} of shape [${shape.join(', ')}] has ${numbers.length} values`);
    }
    tensors[name] = asTensor(name, datatype, shape, numbers);
  }
  return tensors;
}

/** Servers may nest the rows of a tensor. */
const flat = (data: readonly unknown[]): unknown[] => (data.some(Array.isArray) ? data.flat(Infinity) : [...data]);

function asTensor(name: string, datatype: string, shape: readonly number[], values: ArrayLike<unknown>): WireTensor {
  switch (datatype) {
    case 'FP16':
    case 'FP32':
    case 'FP64':
      return { datatype: 'FP32', shape, data: Float32Array.from(values, Number) };
    case 'BOOL':
    case 'UINT8':
      return { datatype: 'UINT8', shape, data: Uint8Array.from(values, Number) };
    case 'INT32':
    case 'INT64':
    case 'UINT32':
      return { datatype: 'INT32', shape, data: Int32Array.from(values, Number) };
    case 'BYTES':
      return { datatype, shape, data: Array.from(values, String) };
    default:
      throw new Error(`output ${name} is of type ${datatype}`);
  }
}

function toBytes(tensor: WireTensor): Uint8Array {
  if (tensor.datatype !== 'BYTES') {
    const { buffer, byteOffset, byteLength } = tensor.data;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  return Buffer.concat(
    tensor.data.flatMap((text) => {
      const bytes = Buffer.from(text, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

function fromBytes(bytes: Uint8Array, datatype: string): ArrayLike<unknown> {
  // A copy, since typed arrays begin at multiples of their item's size.
  const { buffer } = Uint8Array.from(bytes);
  switch (datatype) {
    case 'FP32':
      return new Float32Array(buffer);
    case 'FP64':
      return new Float64Array(buffer);
    case 'BOOL':
    case 'UINT8':
      return new Uint8Array(buffer);
    case 'INT32':
      return new Int32Array(buffer);
    case 'UINT32':
      return new Uint32Array(buffer);
    case 'INT64':
      return new BigInt64Array(buffer);
    case 'BYTES':
      return texts(Buffer.from(buffer));
    default:
      throw new Error(`binary data of type ${datatype}`);
  }
}

function texts(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let position = 0; position < bytes.length;) {
    const end = position + 4 + bytes.readUInt32LE(position);
    if (end > bytes.length) throw new Error('a text ends after its tensor does');
    found.push(bytes.toString('utf8', position + 4, end));
    position = end;
  }
  return found;
}

/** One tensor of an answer. Errors: pack-corrupt when it is missing, of another type or of another shape. */
export function pick<D extends Datatype>(
  answer: Record<string, WireTensor>,
  name: string,
  datatype: D,
  /** A number for each dimension; -1 for one that may be of any size. */
  shape: readonly number[],
): Extract<WireTensor, { datatype: D }> {
  const found = answer[name];
  // MLServer gives [n] as [n, 1].
  const excess = found?.shape.slice(shape.length) ?? [];
  const fits =
    found?.datatype === datatype &&
    excess.every((size) => size === 1) &&
    shape.every((size, i) => (size < 0 && i < found.shape.length) || size === found.shape[i]);
  if (fits) return found as Extract<WireTensor, { datatype: D }>;
  throw new SceneMakerError(
    'pack-corrupt',
    `the inference server gives no ${name} of ${datatype} [${shape.join(', ')}]`,
    {
      given: Object.entries(answer).map(([key, tensor]) => `${key}: ${tensor.datatype} [${tensor.shape.join(', ')}]`),
      allowed: `${name}: ${datatype} [${shape.join(', ')}]`,
    },
  );
}
