/**
 * Walks msgpack without building anything, so that hostile bytes are refused before they cost
 * memory: lengths beyond the end, deep nesting, a flood of small values, unknown extension types,
 * keys that are not strings, trailing bytes.
 */
import { SceneMakerError } from './errors.js';
import { MAX_DEPTH, MAX_VALUES } from './limits.js';

/** Says whether an extension of this type may have this many bytes. */
type ExtensionCheck = (type: number, length: number) => boolean;

/** Throws bad-request unless `bytes` is exactly one well-formed value within the limits. */
export function checkStructure(bytes: Uint8Array, allowsExtension: ExtensionCheck): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Values still to come at each level; keys and values of a map count one each. */
  const pending = [1];
  const isMap = [false];
  let at = 0;
  let values = 0;

  const take = (length: number): number => {
    if (length > bytes.length - at) refuse('ends before its last value is complete');
    at += length;
    return at - length;
  };
  const open = (count: number, map: boolean): void => {
    // Each value takes a byte at least.
    if (count * (map ? 2 : 1) > bytes.length - at) refuse('declares more values than it has bytes');
    if (pending.length > MAX_DEPTH) refuse(`nests deeper than ${MAX_DEPTH} levels`);
    pending.push(count * (map ? 2 : 1));
    isMap.push(map);
  };
  const extension = (length: number): void => {
    const type = view.getInt8(take(1));
    take(length);
    if (!allowsExtension(type, length)) refuse(`holds extension type ${type} of ${length} bytes`);
  };

  while (pending.length > 0) {
    const level = pending.length - 1;
    const left = pending[level] ?? 0;
    if (left === 0) {
      pending.pop();
      isMap.pop();
      continue;
    }
    pending[level] = left - 1;
    if (++values > MAX_VALUES) refuse(`holds more than ${MAX_VALUES} values`);
    const start = at;
    const head = view.getUint8(take(1));
    const isKey = isMap[level] && left % 2 === 0;
    if (isKey && !isString(head)) refuse('has a key that is not a string');
    walk(head);
    if (isKey && isProto(start, head)) refuse('has the key __proto__');
  }
  if (at !== bytes.length) refuse('goes on after its end');

  function isProto(start: number, head: number): boolean {
    const header = head <= 0xbf ? 1 : head === 0xd9 ? 2 : head === 0xda ? 3 : 5;
    return at - start - header === PROTO.length && PROTO.every((byte, i) => bytes[start + header + i] === byte);
  }

  function walk(head: number): void {
    if (head <= 0x7f || head >= 0xe0) return; // fixint
    if (head <= 0x8f) return open(head & 0x0f, true);
    if (head <= 0x9f) return open(head & 0x0f, false);
    if (head <= 0xbf) return void take(head & 0x1f); // fixstr
    switch (head) {
      case 0xc0: // nil
      case 0xc2: // false
      case 0xc3: // true
        return;
      case 0xc4: // bin8
      case 0xd9: // str8
        return void take(view.getUint8(take(1)));
      case 0xc5:
      case 0xda:
        return void take(view.getUint16(take(2)));
      case 0xc6:
      case 0xdb:
        return void take(view.getUint32(take(4)));
      case 0xc7:
        return extension(view.getUint8(take(1)));
      case 0xc8:
        return extension(view.getUint16(take(2)));
      case 0xc9:
        return extension(view.getUint32(take(4)));
      case 0xca: // float32
      case 0xce: // uint32
      case 0xd2: // int32
        return void take(4);
      case 0xcb:
      case 0xcf:
      case 0xd3:
        return void take(8);
      case 0xcc:
      case 0xd0:
        return void take(1);
      case 0xcd:
      case 0xd1:
        return void take(2);
      case 0xd4: // fixext 1, 2, 4, 8, 16
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return extension(2 ** (head - 0xd4));
      case 0xdc:
        return open(view.getUint16(take(2)), false);
      case 0xdd:
        return open(view.getUint32(take(4)), false);
      case 0xde:
        return open(view.getUint16(take(2)), true);
      case 0xdf:
        return open(view.getUint32(take(4)), true);
      default:
        refuse(`holds the unused byte ${head}`);
    }
  }
}

const PROTO = new TextEncoder().encode('__proto__');

function isString(head: number): boolean {
  return (head >= 0xa0 && head <= 0xbf) || (head >= 0xd9 && head <= 0xdb);
}

function refuse(reason: string): never {
  throw new SceneMakerError('bad-request', `the message ${reason}`);
}
