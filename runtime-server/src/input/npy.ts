/** NumPy's .npy (format 1 to 3): a magic, a version, a header in Python's syntax, then the numbers. */
import { SceneMakerError } from '@scenemaker/sdk';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** What of NumPy's types a depth map may have: little-endian floats. */
const READERS: Partial<Record<string, (bytes: ArrayBuffer) => ArrayLike<number>>> = {
  '<f4': (bytes) => new Float32Array(bytes),
  '<f8': (bytes) => new Float64Array(bytes),
};

/** A map of height x width numbers, row by row. Errors: depth-invalid, naming `path`. */
export function readNpyMap(bytes: Uint8Array, path: string): { width: number; height: number; data: Float32Array } {
  const refuse = (what: string): never => {
    throw new SceneMakerError('depth-invalid', `${path} ${what}`, {
      given: path,
      allowed: 'a C-ordered array of height x width float32 or float64',
    });
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte)) return refuse('is not an .npy file');
  const long = bytes[6] > 1;
  const start = long ? 12 : 10;
  const end = start + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 1000)));
  const [, type = ''] = /'descr': *'([^']*)'/.exec(header) ?? [];
  const read = READERS[type] ?? refuse(`holds numbers of type ${type}`);
  if (!/'fortran_order': *False/.test(header)) refuse('is ordered by columns');
  const [, rows, columns] = /'shape': *\((\d+), *(\d+)\)/.exec(header) ?? refuse('is not an array of two dimensions');
  const [height, width] = [Number(rows), Number(columns)];
  const numbers = bytes.subarray(end);
  if (numbers.length !== height * width * Number(type.at(-1))) refuse('ends before its last number, or after it');
  return { width, height, data: Float32Array.from(read(numbers.slice().buffer)) };
}
