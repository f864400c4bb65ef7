/** One client's connection. */
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type Capabilities,
  type ClientMessage,
  CLOSE_CODES,
  dispatch,
  type Handlers,
  type Limits,
  parseClientMessage,
  SceneMakerError,
  type ServerMessage,
  type SocketLike,
  toWireError,
  Transport,
} from '@scenemaker/sdk';
import { checkPicture } from '../input/picture.js';
import type { EncodedEvent, Following, JobQueue } from '../jobs/job-queue.js';
import type { ResolvedServerOptions } from './options.js';

/** What all sessions of a server share. */
export interface SessionContext {
  queue: JobQueue;
  options: ResolvedServerOptions;
  limits: Limits;
  /** Name and version, for `welcome`. */
  server: string;
  /** Waits until the models are ready. */
  capabilities(): Promise<Capabilities>;
}

type GenerateMessage = Extract<ClientMessage, { op: 'generate' }>;

/** Answers a client until its connection ends. */
export function serveSession(socket: SocketLike, context: SessionContext): void {
  void new Session(socket, context);
}

class Session {
  readonly #socket: SocketLike;
  readonly #context: SessionContext;
  readonly #transport: Transport;
  readonly #following = new Map<string, Following>();
  readonly #helloTimer: ReturnType<typeof setTimeout>;
  /** Messages are answered one after the other, in the order they came. */
  #work: Promise<void> = Promise.resolve();
  #greeted = false;
  #closed = false;

  constructor(socket: SocketLike, context: SessionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#transport = new Transport(socket, {
      maxMessageBytes: context.options.maxMessageBytes,
      onMessage: (value) => {
        this.#work = this.#work.then(() => this.#receive(value));
      },
      onViolation: (error) => this.#refuse(null, error, CLOSE_CODES.badMessage),
    });
    this.#helloTimer = setTimeout(() => {
      this.#refuse(null, new SceneMakerError('bad-request', 'no hello came in time'), CLOSE_CODES.badMessage);
    }, context.options.helloMillis);
    socket.addEventListener('close', () => this.#stop());
  }

  async #receive(value: unknown): Promise<void> {
    if (this.#closed) return;
    let message: ClientMessage | undefined;
    try {
      message = parseClientMessage(value);
      if (!this.#greeted && message.op !== 'hello') {
        this.#refuse(
          message.op,
          new SceneMakerError('bad-request', 'the first message is hello'),
          CLOSE_CODES.badMessage,
        );
        return;
      }
      await dispatch(this.#handlers, message);
    } catch (thrown) {
      const error = SceneMakerError.from(thrown);
      if (error.code === 'internal') console.error(thrown);
      this.#sendError(message?.op ?? readOp(value), readJobId(value), error);
    }
  }

  readonly #handlers: Handlers<ClientMessage, Promise<void> | void> = {
    hello: async ({ token }) => {
      if (this.#greeted) throw new SceneMakerError('bad-request', 'hello was already said');
      const { options, server, limits } = this.#context;
      if (options.token !== undefined && !sameSecret(options.token, token ?? '')) {
        this.#refuse(
          'hello',
          new SceneMakerError('unauthorized', 'the token is missing or wrong'),
          CLOSE_CODES.unauthorized,
        );
        return;
      }
      clearTimeout(this.#helloTimer);
      this.#greeted = true;
      this.#send({ op: 'welcome', server, limits, capabilities: await this.#context.capabilities() });
    },
    generate: async (message) => {
      const { jobId, request } = message;
      await this.#checkRequest(message);
      await this.#context.queue.submit(jobId, request);
      await this.#follow(jobId, 0);
    },
    resume: ({ jobId, afterEvent }) => this.#follow(jobId, afterEvent),
    cancel: ({ jobId }) => this.#context.queue.cancel(jobId),
    fetch: async ({ jobId }) => {
      this.#send({ op: 'result', jobId, scene: await this.#context.queue.fetch(jobId) });
    },
    list: async () => this.#send({ op: 'jobs', jobs: await this.#context.queue.list() }),
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

  async #follow(jobId: string, afterEvent: number): Promise<void> {
    const following = await this.#context.queue.follow(jobId, afterEvent, (event) => this.#sendEvent(jobId, event));
    this.#following.get(jobId)?.stop();
    if (this.#closed) {
      following.stop();
      return;
    }
    this.#following.set(jobId, following);
    this.#send({ op: 'accepted', jobId, queuePosition: following.summary.queuePosition });
  }

  #sendEvent(jobId: string, { bytes, final }: EncodedEvent): void {
    if (this.#transport.waitingBytes > this.#context.options.maxWaitingBytes) {
      this.#close(CLOSE_CODES.tooSlow, 'too slow');
      return;
    }
    this.#transport.sendEncoded(bytes);
    if (final) this.#following.delete(jobId);
  }

  #send(message: ServerMessage): void {
    if (!this.#closed) this.#transport.send(message);
  }

  #sendError(inReplyTo: ClientMessage['op'] | null, jobId: string | undefined, error: SceneMakerError): void {
    this.#send({ op: 'error', inReplyTo, ...(jobId !== undefined && { jobId }), error: toWireError(error) });
  }

  #refuse(inReplyTo: ClientMessage['op'] | null, error: SceneMakerError, closeCode: number): void {
    this.#sendError(inReplyTo, undefined, error);
    this.#close(closeCode, error.code);
  }

  #close(code: number, reason: string): void {
    this.#stop();
    this.#socket.close(code, reason);
  }

  #stop(): void {
    this.#closed = true;
    clearTimeout(this.#helloTimer);
    for (const { stop } of this.#following.values()) stop();
    this.#following.clear();
  }
}

/** Takes the same time whatever the difference, and whatever the lengths. */
function sameSecret(expected: string, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}

const OPS: ReadonlySet<unknown> = new Set<ClientMessage['op']>([
  'hello',
  'generate',
  'resume',
  'cancel',
  'fetch',
  'list',
]);

/** What a message that did not pass the schema seems to have been. */
function readOp(value: unknown): ClientMessage['op'] | null {
  const op = readField(value, 'op');
  return OPS.has(op) ? (op as ClientMessage['op']) : null;
}

function readJobId(value: unknown): string | undefined {
  const jobId = readField(value, 'jobId');
  return typeof jobId === 'string' ? jobId.slice(0, 64) : undefined;
}

function readField(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
