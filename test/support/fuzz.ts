/** Seeded hostile input for the decoder and the dispatcher of a server's session. */
import { readFileSync } from 'node:fs';
import { createRandom, decode, encode, MAX_HELLO_BYTES, parseServerMessage, SceneMakerError } from '@scenemaker/sdk';
import type { JobQueue } from '../../runtime-server/src/jobs/job-queue.js';
import { createLog } from '../../runtime-server/src/server/log.js';
import { resolveServerOptions } from '../../runtime-server/src/server/options.js';
import { type ServerSocket, serveSession, type SessionContext } from '../../runtime-server/src/server/session.js';

type Random = () => number;

const GOLDEN = readFileSync(new URL('../fixtures/protocol/messages.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .filter((line) => line.startsWith('>'))
  .map((line) => Uint8Array.from(Buffer.from(line.split(': ')[1] ?? '', 'hex')));

const HELLO = encode({ op: 'hello', client: 'fuzz', clientId: 'fuzz-client' });

/** A frame that is somewhat like a message: changed, cut, joined, made up, or nested. */
export function hostileFrame(random: Random): Uint8Array<ArrayBuffer> {
  const below = (limit: number): number => Math.floor(random() * limit);
  const golden = (): Uint8Array => GOLDEN[below(GOLDEN.length)] ?? HELLO;
  switch (below(6)) {
    case 0: {
      const bytes = Uint8Array.from(golden());
      for (let change = below(4); change >= 0; change--) bytes[below(bytes.length)] = below(256);
      return bytes;
    }
    case 1:
      return Uint8Array.from(golden().subarray(0, below(200)));
    case 2: {
      const [a, b] = [golden(), golden()];
      return Uint8Array.from([...a.subarray(0, below(a.length)), ...b.subarray(below(b.length))]);
    }
    case 3:
      return Uint8Array.from({ length: below(64) }, () => below(256));
    case 4:
      return encode(madeUp(random, 0));
    default: {
      // A known message in which one field is something else.
      const message = decode(golden()) as Record<string, unknown>;
      const keys = Object.keys(message);
      return encode({ ...message, [keys[below(keys.length)] ?? 'op']: madeUp(random, 0) });
    }
  }
}

const NAMES = [
  'op',
  'jobId',
  'request',
  'picture',
  'objects',
  'mask',
  'bytes',
  'offset',
  'constructor',
  'toString',
  '',
];
const TEXTS = ['chunk', 'generate', 'resume', 'list', 'no-such-job', '__proto__', 'x'.repeat(300), '\u0000', '💥'];
const NUMBERS = [0, -1, 1, NaN, Infinity, 2 ** 31, 2 ** 53, 1e308, 0.5, -0];

function madeUp(random: Random, depth: number): unknown {
  const below = (limit: number): number => Math.floor(random() * limit);
  switch (below(depth > 5 ? 5 : 8)) {
    case 0:
      return NUMBERS[below(NUMBERS.length)];
    case 1:
      return TEXTS[below(TEXTS.length)];
    case 2:
      return [null, true, false][below(3)];
    case 3:
      return new Uint8Array(below(40));
    case 4:
      return Float32Array.from({ length: below(10) }, () => random());
    case 5:
      return Array.from({ length: below(5) }, () => madeUp(random, depth + 1));
    default: {
      const entries = Array.from({ length: below(5) }, () => [NAMES[below(NAMES.length)], madeUp(random, depth + 1)]);
      return Object.fromEntries(entries) as unknown;
    }
  }
}

/** A queue that knows no job and takes none. */
const EMPTY_QUEUE: JobQueue = {
  submit: (submission) => Promise.reject(new SceneMakerError('queue-full', submission.jobId)),
  find: unknown,
  follow: () => {
    throw new SceneMakerError('job-unknown', 'none');
  },
  cancel: unknown,
  fetch: unknown,
  list: async () => [],
  counts: async () => ({ waiting: 0, running: 0 }),
  ready: async () => true,
  close: async () => {},
};

function unknown(): Promise<never> {
  return Promise.reject(new SceneMakerError('job-unknown', 'none'));
}

type OnMessage = (event: { data: unknown }) => void;
type OnClose = (event: { code: number; reason: string }) => void;

/** Hands a session frames, and checks whatever it sends. */
class FakeSocket implements ServerSocket {
  binaryType = '';
  readyState = 1;
  readonly bufferedAmount = 0;
  closedWith: number | undefined;
  sent = 0;
  codes = new Set<string>();
  #onMessage: OnMessage = () => {};
  #onClose: OnClose = () => {};

  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === 'message') this.#onMessage = listener as OnMessage;
    if (type === 'close') this.#onClose = listener as OnClose;
  }
  pause(): void {}
  resume(): void {}
  receive(frame: Uint8Array<ArrayBuffer>): void {
    this.#onMessage({ data: frame.buffer });
  }
  send(data: Uint8Array<ArrayBuffer>): void {
    const message = parseServerMessage(decode(data));
    this.sent++;
    if (message.op === 'error') this.codes.add(message.error.code);
  }
  close(code = 1000): void {
    this.closedWith = code;
    this.readyState = 3;
    this.#onClose({ code, reason: '' });
  }
}

export interface FuzzReport {
  cases: number;
  sessions: number;
  answers: number;
  /** Error codes that were answered. */
  codes: Set<string>;
  closedWith: Set<number>;
}

/** Throws when a session throws, or answers with something that is no message. */
export async function fuzzSessions(cases: number, seed: number): Promise<FuzzReport> {
  const generator = createRandom(seed);
  const random: Random = () => generator.next();
  const options = resolveServerOptions({ maxMessagesPerSecond: 1e9, maxMessageBytes: MAX_HELLO_BYTES });
  const context: SessionContext = {
    queue: EMPTY_QUEUE,
    options,
    limits: { ...options },
    server: 'fuzzed',
    capabilities: async () => ({ stages: [], pack: '', executionProvider: '', hints: ['mask'], pictureFormats: [] }),
    unfinishedBytes: 0,
    log: createLog('silent'),
    refused: () => {},
  };
  const report: FuzzReport = { cases, sessions: 0, answers: 0, codes: new Set(), closedWith: new Set() };
  let socket: FakeSocket | undefined;
  const end = (): void => {
    if (!socket) return;
    if (socket.closedWith === undefined) socket.close();
    if (socket.closedWith !== undefined) report.closedWith.add(socket.closedWith);
    for (const code of socket.codes) report.codes.add(code);
    report.answers += socket.sent;
    socket = undefined;
  };
  for (let i = 0; i < cases; i++) {
    if (!socket || socket.closedWith !== undefined) {
      end();
      socket = new FakeSocket();
      report.sessions++;
      serveSession(socket, context);
      if (random() < 0.9) socket.receive(Uint8Array.from(HELLO));
    }
    socket.receive(hostileFrame(random));
    // Answers come in later turns; a few messages wait at once.
    if (i % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  end();
  if (context.unfinishedBytes !== 0)
    throw new Error(`${context.unfinishedBytes} bytes of unfinished messages are left`);
  return report;
}
