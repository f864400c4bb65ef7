/**
 * Messages over one WebSocket, for both ends: cuts long ones into chunks, puts them together
 * again, and never lets more wait in the socket than its high-water mark.
 */
import * as v from 'valibot';
import { SceneMakerError } from './errors.js';
import { CHUNK_BYTES, CHUNK_OVERHEAD_BYTES } from './limits.js';
import { concatenate, decodeInPlace, encode, encodeAround } from './msgpack.js';

/** What is used of a WebSocket; the browser's and those of the `ws` package both fit. */
export interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
}

/** Why a connection ends. 1000 and 1001 are the usual ones. */
export const CLOSE_CODES = { badMessage: 4400, unauthorized: 4401, tooSlow: 4408, internal: 4500 } as const;

export interface TransportOptions {
  /** Longest message taken, after its chunks are put together, bytes. */
  maxMessageBytes: number;
  /** One decoded but not yet validated message. */
  onMessage: (value: unknown) => void;
  /** The peer broke the protocol; nothing more is read from it. */
  onViolation: (error: SceneMakerError) => void;
  /** Told how many bytes of unfinished messages are kept more, or less. Throwing ends the connection. */
  onKept?: (bytes: number) => void;
}

/** A long message travels as these: `offset` 0 starts one, and parts follow without a gap. */
const chunkSchema = v.strictObject({
  op: v.literal('chunk'),
  totalBytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
  bytes: v.pipe(v.instance(Uint8Array), v.minLength(1)),
});

const OPEN = 1;
const HIGH_WATER_BYTES = 8 * 1024 * 1024;
const POLL_MILLISECONDS = 3;

export class Transport {
  readonly #socket: SocketLike;
  #options: TransportOptions;
  /** Encoded messages not yet handed to the socket, and how far into the first one it is. */
  readonly #outgoing: Uint8Array<ArrayBuffer>[] = [];
  #sentOfFirst = 0;
  #outgoingBytes = 0;
  #whenDrained: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #incoming: { parts: Uint8Array[]; length: number; totalBytes: number } | undefined;
  #broken = false;
  #chunkBytes = CHUNK_BYTES;

  constructor(socket: SocketLike, options: TransportOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', (event) => this.#receive(event.data));
    socket.addEventListener('close', () => this.#stop());
  }

  /** Bytes that wait for the peer to read. */
  get waitingBytes(): number {
    return this.#outgoingBytes + this.#socket.bufferedAmount;
  }

  /** Longest message taken from now on, bytes. */
  set maxMessageBytes(bytes: number) {
    this.#options = { ...this.#options, maxMessageBytes: bytes };
  }

  /** Longest frame sent from now on, bytes: what the peer takes. */
  set maxFrameBytes(bytes: number) {
    this.#chunkBytes = bytes - CHUNK_OVERHEAD_BYTES;
  }

  /** Waits until all messages are handed to the socket, or the connection has ended. */
  drained(): Promise<void> {
    if (this.#outgoing.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenDrained.push(resolve));
  }

  send(message: unknown): void {
    this.sendEncoded(encode(message));
  }

  /** Sends what `encode` made; the bytes must not change afterwards. */
  sendEncoded(bytes: Uint8Array<ArrayBuffer>): void {
    this.#outgoing.push(bytes);
    this.#outgoingBytes += bytes.length;
    if (this.#timer === undefined) this.#drain();
  }

  #drain(): void {
    this.#timer = undefined;
    for (let first = this.#outgoing[0]; first; first = this.#outgoing[0]) {
      if (this.#socket.readyState !== OPEN) return this.#stop();
      if (this.#socket.bufferedAmount > HIGH_WATER_BYTES) {
        this.#timer = setTimeout(() => this.#drain(), POLL_MILLISECONDS);
        return;
      }
      this.#sendPartOf(first);
    }
    this.#tellDrained();
  }

  #sendPartOf(message: Uint8Array<ArrayBuffer>): void {
    if (this.#sentOfFirst === 0 && message.length <= this.#chunkBytes) {
      this.#socket.send(message);
      this.#sentOfFirst = message.length;
    } else {
      const offset = this.#sentOfFirst;
      const bytes = message.subarray(offset, offset + this.#chunkBytes);
      this.#socket.send(
        encodeAround({ op: 'chunk', totalBytes: message.length, offset }, 'bytes', ...encodeBytes(bytes)),
      );
      this.#sentOfFirst += bytes.length;
    }
    if (this.#sentOfFirst < message.length) return;
    this.#outgoing.shift();
    this.#outgoingBytes -= message.length;
    this.#sentOfFirst = 0;
  }

  #receive(data: unknown): void {
    if (this.#broken) return;
    let whole: unknown;
    try {
      if (!(data instanceof ArrayBuffer)) throw new SceneMakerError('bad-request', 'messages are binary, not text');
      const value = decodeInPlace(new Uint8Array(data));
      whole = isChunk(value) ? this.#assemble(value) : value;
      if (this.#incoming && whole === value) {
        throw new SceneMakerError('bad-request', 'another message came between the chunks of one');
      }
    } catch (thrown) {
      this.#broken = true;
      this.#forgetIncoming();
      this.#options.onViolation(SceneMakerError.from(thrown));
      return;
    }
    if (whole !== undefined) this.#options.onMessage(whole);
  }

  /** Adds a chunk; gives the message back when it is complete. */
  #assemble(value: unknown): unknown {
    const parsed = v.safeParse(chunkSchema, value);
    if (!parsed.success) throw new SceneMakerError('bad-request', `chunk: ${parsed.issues[0].message}`);
    const { totalBytes, offset, bytes } = parsed.output;
    const { maxMessageBytes } = this.#options;
    if (totalBytes > maxMessageBytes) {
      throw new SceneMakerError(
        'bad-request',
        `the message has ${totalBytes} bytes, more than the limit of ${maxMessageBytes}`,
        {
          given: totalBytes,
          allowed: maxMessageBytes,
        },
      );
    }
    if (offset === 0 && !this.#incoming) this.#incoming = { parts: [], length: 0, totalBytes };
    const incoming = this.#incoming;
    if (
      !incoming ||
      offset !== incoming.length ||
      totalBytes !== incoming.totalBytes ||
      offset + bytes.length > totalBytes
    ) {
      throw new SceneMakerError('bad-request', 'the chunks of a message do not fit together', { given: offset });
    }
    // Kept as they came, so that a declared length alone takes no memory.
    incoming.parts.push(bytes);
    incoming.length += bytes.length;
    this.#options.onKept?.(bytes.length);
    if (incoming.length < totalBytes) return undefined;
    this.#forgetIncoming();
    return decodeInPlace(concatenate(incoming.parts));
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#outgoing.length = 0;
    this.#outgoingBytes = 0;
    this.#sentOfFirst = 0;
    this.#forgetIncoming();
    this.#tellDrained();
  }

  #forgetIncoming(): void {
    if (this.#incoming) this.#options.onKept?.(-this.#incoming.length);
    this.#incoming = undefined;
  }

  #tellDrained(): void {
    const waiting = this.#whenDrained;
    this.#whenDrained = [];
    for (const tell of waiting) tell();
  }
}

/** `bin` with a 32-bit length: its header, and the bytes as they are. */
function encodeBytes(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  const header = new Uint8Array(5);
  header[0] = 0xc6;
  new DataView(header.buffer).setUint32(1, bytes.length);
  return [header, bytes];
}

function isChunk(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'op' in value && value.op === 'chunk';
}
