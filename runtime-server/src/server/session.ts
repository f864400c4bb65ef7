/** One client's connection. */
import { randomBytes } from 'node:crypto';
import {
  type Capabilities,
  CLIENT_OPS,
  type ClientMessage,
  CLOSE_CODES,
  dispatch,
  encode,
  encodeAround,
  type ErrorCode,
  type Handlers,
  type Limits,
  MAX_FRAME_BYTES,
  MAX_HELLO_BYTES,
  parseClientMessage,
  SceneMakerError,
  type ServerMessage,
  type SocketLike,
  toWireError,
  Transport,
} from '@scenemaker/sdk';
import { checkPicture } from '../input/picture.js';
import { encodeEventMessage, type JobQueue } from '../jobs/job-queue.js';
import type { Logger } from './log.js';
import type { ResolvedServerOptions } from './options.js';
import { RateLimit } from './rate.js';
import { sameSecret } from './secret.js';

/** What all sessions of a server share. */
export interface SessionContext {
  queue: JobQueue;
  options: ResolvedServerOptions;
  limits: Limits;
  /** Name and version, for `welcome`. */
  server: string;
  capabilities: () => Promise<Capabilities>;
  /** Bytes of unfinished messages of all sessions. */
  unfinishedBytes: number;
  log: Logger;
  /** Told of every message that is refused. */
  refused: (code: ErrorCode) => void;
}

/** What is used of the `ws` package's socket beyond a browser's. */
export interface ServerSocket extends SocketLike {
  pause(): void;
  resume(): void;
}

type GenerateMessage = Extract<ClientMessage, { op: 'generate' }>;

/** Messages that may wait to be answered; then the socket is not read until there are fewer. */
const MAX_UNANSWERED = 8;

/** Answers a client until its connection ends. */
export function serveSession(socket: ServerSocket, context: SessionContext): void {
  void new Session(socket, context);
}

class Session {
  readonly #socket: ServerSocket;
  readonly #context: SessionContext;
  readonly #transport: Transport;
  readonly #rate: RateLimit;
  readonly #following = new Map<string, AbortController>();
  readonly #helloTimer: ReturnType<typeof setTimeout>;
  /** Messages are answered one after the other, in the order they came. */
  #work: Promise<void> = Promise.resolve();
  #unanswered = 0;
  /** Who the client is; unknown before hello. */
  #client: string | undefined;
  #closed = false;

  constructor(socket: ServerSocket, context: SessionContext) {
    const { helloMillis, maxMessagesPerSecond } = context.options;
    this.#socket = socket;
    this.#context = context;
    this.#rate = new RateLimit(maxMessagesPerSecond);
    this.#transport = new Transport(socket, {
      maxMessageBytes: MAX_HELLO_BYTES,
      onMessage: (value) => this.#enqueue(value),
      onViolation: (error) => this.#refuse(null, error, CLOSE_CODES.badMessage),
      onKept: (bytes) => this.#keep(bytes),
    });
    this.#helloTimer = setTimeout(() => {
      this.#refuse(null, new SceneMakerError('bad-request', 'no hello came in time'), CLOSE_CODES.badMessage);
    }, helloMillis);
    socket.addEventListener('close', () => this.#stop());
  }

  #enqueue(value: unknown): void {
    if (++this.#unanswered === MAX_UNANSWERED) this.#socket.pause();
    this.#work = this.#work
      .then(() => this.#receive(value))
      .finally(() => {
        if (this.#unanswered-- === MAX_UNANSWERED) this.#socket.resume();
      });
  }

  async #receive(value: unknown): Promise<void> {
    if (this.#closed) return;
    let message: ClientMessage | undefined;
    try {
      if (!this.#rate.take()) throw tooOften(this.#context.options.maxMessagesPerSecond);
      message = parseClientMessage(value);
      if (this.#client === undefined && message.op !== 'hello') {
        const error = new SceneMakerError('bad-request', 'the first message is hello');
        this.#refuse(message.op, error, CLOSE_CODES.badMessage);
        return;
      }
      await dispatch(this.#handlers, message);
    } catch (thrown) {
      this.#sendError(message?.op ?? readOp(value), readJobId(value), thrown);
    }
  }

  readonly #handlers: Handlers<ClientMessage, Promise<void> | void> = {
    hello: async ({ token, client, clientId, maxFrameBytes = MAX_FRAME_BYTES }) => {
      if (this.#client !== undefined) throw new SceneMakerError('bad-request', 'hello was already said');
      const { options, server, limits } = this.#context;
      if (options.token !== undefined && !sameSecret(options.token, token ?? '')) {
        const error = new SceneMakerError('unauthorized', 'the token is missing or wrong');
        this.#refuse('hello', error, CLOSE_CODES.unauthorized);
        return;
      }
      clearTimeout(this.#helloTimer);
      this.#client = clientId ?? randomBytes(16).toString('hex');
      this.#transport.maxMessageBytes = options.maxMessageBytes;
      this.#transport.maxFrameBytes = maxFrameBytes;
      this.#context.log.info({ program: client }, 'client connected');
      this.#send({ op: 'welcome', server, limits, capabilities: await this.#context.capabilities() });
    },
    generate: async (message) => {
      const { jobId, request, priority = 'normal' } = message;
      await this.#checkRequest(message);
      const client = this.#client ?? '';
      // The schema gives the fields in its own order, so that the same request has the same bytes.
      await this.#context.queue.submit({ jobId, client, priority, request: encode(request) });
      await this.#follow(jobId, 0);
    },
    resume: ({ jobId, afterEvent }) => this.#follow(jobId, afterEvent),
    cancel: ({ jobId }) => this.#context.queue.cancel(jobId),
    fetch: async ({ jobId }) => {
      // A large one may be many megabytes: it is read to where it is sent from.
      this.#sendEncoded(await this.#context.queue.fetch(jobId, encodeAround({ op: 'result', jobId }, 'scene')));
    },
    list: async () => this.#send({ op: 'jobs', jobs: await this.#context.queue.list(this.#client ?? '') }),
  };

  /** Refuses what the message alone gives away, before it waits in the queue. */
  async #checkRequest({ request }: GenerateMessage): Promise<void> {
    const { maxPictureBytes, maxPicturePixels } = this.#context.limits;
    await checkPicture(request.picture, { maxBytes: maxPictureBytes, maxPixels: maxPicturePixels });
    const { hints } = await this.#context.capabilities();
    for (const hint of request.objects ?? []) {
      const unknown = Object.keys(hint).find((key) => !hints.includes(key));
      if (unknown === undefined) continue;
      throw new SceneMakerError('bad-request', `this server does not understand ${unknown} of an object`, {
        given: unknown,
        allowed: hints,
      });
    }
  }

  /** Errors: job-unknown; bad-request for events that never were; rate-limited for more jobs than may be followed. */
  async #follow(jobId: string, afterEvent: number): Promise<void> {
    const { queue, options } = this.#context;
    const { queuePosition, lastEvent } = await queue.find(jobId);
    if (afterEvent > lastEvent) {
      throw new SceneMakerError('bad-request', `job ${jobId} has ${lastEvent} events, not ${afterEvent}`, {
        given: afterEvent,
        allowed: lastEvent,
      });
    }
    this.#following.get(jobId)?.abort();
    if (this.#following.size >= options.maxFollowedJobs && !this.#following.has(jobId)) {
      throw new SceneMakerError('rate-limited', `the connection follows ${options.maxFollowedJobs} jobs, the limit`, {
        allowed: options.maxFollowedJobs,
      });
    }
    if (this.#closed) return;
    const abort = new AbortController();
    this.#following.set(jobId, abort);
    this.#send({ op: 'accepted', jobId, queuePosition });
    void this.#sendEvents(jobId, afterEvent, abort.signal).finally(() => {
      if (this.#following.get(jobId) === abort) this.#following.delete(jobId);
    });
  }

  /** Takes each event from the queue when the one before it has left. */
  async #sendEvents(jobId: string, afterEvent: number, signal: AbortSignal): Promise<void> {
    try {
      for await (const event of this.#context.queue.follow(jobId, afterEvent, signal)) {
        if (signal.aborted) return;
        this.#transport.sendEncoded(encodeEventMessage(jobId, event));
        await this.#transport.drained();
      }
    } catch (thrown) {
      if (!signal.aborted) this.#sendError('resume', jobId, thrown);
    }
  }

  #keep(bytes: number): void {
    const { maxUnfinishedBytes } = this.#context.options;
    this.#context.unfinishedBytes += bytes;
    if (bytes > 0 && this.#context.unfinishedBytes > maxUnfinishedBytes) {
      throw new SceneMakerError('rate-limited', 'the unfinished messages of all clients take as much as they may', {
        allowed: maxUnfinishedBytes,
      });
    }
  }

  #send(message: ServerMessage): void {
    this.#sendEncoded(encode(message));
  }

  #sendEncoded(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#closed) return;
    if (this.#transport.waitingBytes > this.#context.options.maxWaitingBytes) {
      this.#close(CLOSE_CODES.tooSlow, 'too slow');
      return;
    }
    this.#transport.sendEncoded(bytes);
  }

  #sendError(inReplyTo: ClientMessage['op'] | null, jobId: string | undefined, thrown: unknown): void {
    const error = SceneMakerError.from(thrown);
    const fields = { code: error.code, inReplyTo, jobId };
    if (error.code === 'internal') this.#context.log.error({ ...fields, err: thrown }, error.message);
    else this.#context.log.info(fields, error.message);
    this.#context.refused(error.code);
    this.#send({ op: 'error', inReplyTo, ...(jobId !== undefined && { jobId }), error: toWireError(error) });
  }

  #refuse(inReplyTo: ClientMessage['op'] | null, error: SceneMakerError, closeCode: number): void {
    this.#sendError(inReplyTo, undefined, error);
    this.#close(closeCode, error.code);
  }

  #close(code: number, reason: string): void {
    this.#stop();
    this.#socket.resume();
    this.#socket.close(code, reason);
  }

  #stop(): void {
    this.#closed = true;
    clearTimeout(this.#helloTimer);
    for (const abort of this.#following.values()) abort.abort();
    this.#following.clear();
  }
}

function tooOften(allowed: number): SceneMakerError {
  return new SceneMakerError('rate-limited', `more than ${allowed} messages a second`, { allowed });
}

/** What a message that did not pass the schema seems to have been. */
function readOp(value: unknown): ClientMessage['op'] | null {
  const op = readField(value, 'op');
  return CLIENT_OPS.find((known) => known === op) ?? null;
}

function readJobId(value: unknown): string | undefined {
  const jobId = readField(value, 'jobId');
  return typeof jobId === 'string' ? jobId.slice(0, 64) : undefined;
}

function readField(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
