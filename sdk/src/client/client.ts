/**
 * The client: one connection that comes back by itself, and the jobs that follow it.
 *
 *   const client = await connect('ws://127.0.0.1:8787');
 *   const job = client.generate({ picture });
 *   for await (const event of job) console.log(event.type);
 *   const scene = await job.result;
 */
import type { SceneDescription } from '../scene/description.js';
import {
  type Capabilities,
  type ClientMessage,
  dispatch,
  fromWireError,
  checkGenerateRequest,
  type GenerateRequest,
  type Handlers,
  type JobSummary,
  type Limits,
  MAX_RESPONSE_BYTES,
  type Priority,
  SceneMakerError,
  type ServerMessage,
} from '../protocol/index.js';
import { type Connection, openConnection } from './connection.js';
import { type GenerateMessage, GenerationJob, type TrackedJob } from './job.js';
import { PendingReplies } from './pending.js';
import type { SocketConstructor } from './socket.js';

/** `ended`: the client tries no more, and is of no use any longer. */
export type ConnectionState = 'lost' | 'back' | 'ended';

export interface ConnectOptions {
  /** Needed where the server demands one. */
  token?: string;
  /** Name and version of your program, for the server's log. */
  client?: string;
  /**
   * Who you are, to list your jobs from another program or after a restart: 8 to 64 letters, digits, - or _
   * that nobody guesses. Default: random.
   */
  clientId?: string;
  /** Which WebSocket to use. Default: the global one, else that of the `ws` package. */
  WebSocket?: SocketConstructor;
  /** Times to try again in a row after a lost connection; 0 gives up at once, Infinity never. Default 8, about 30 s. */
  reconnectAttempts?: number;
  /** Told when the connection is lost, when it is there again, and when the client stops trying. */
  onConnection?: (state: ConnectionState) => void;
  /** Longest message taken from the server, bytes. */
  maxMessageBytes?: number;
  /** A server that is silent for this long is asked whether it is there, and is lost after as long again; 20000. */
  silenceMillis?: number;
}

export interface GenerateCallOptions {
  /** Aborting cancels the job. */
  signal?: AbortSignal;
  /** Of your jobs, the higher run first; high ones take a quarter of your turn, low ones four. Default normal. */
  priority?: Priority;
  /** Names the job; a job that the server already knows by this name is followed instead. Default: random. */
  jobId?: string;
}

export const CONNECT_DEFAULTS = {
  client: 'scenemaker-sdk',
  reconnectAttempts: 8,
  maxMessageBytes: MAX_RESPONSE_BYTES,
  silenceMillis: 20_000,
} as const satisfies ConnectOptions;

const FIRST_WAIT_MILLISECONDS = 125;
const LONGEST_WAIT_MILLISECONDS = 8000;

/** Connects to a server. Errors: connection-lost, unauthorized. The first attempt is not repeated. */
export async function connect(url: string | URL, options: ConnectOptions = {}): Promise<SceneMakerClient> {
  const client = new SceneMakerClient(String(url), options);
  await client.open();
  return client;
}

export class SceneMakerClient {
  readonly #url: string;
  readonly #options: ConnectOptions & Required<Pick<ConnectOptions, 'clientId' | keyof typeof CONNECT_DEFAULTS>>;
  readonly #jobs = new Map<string, TrackedJob>();
  readonly #scenes = new PendingReplies<SceneDescription>();
  readonly #lists = new PendingReplies<JobSummary[]>();
  #connection: Connection | undefined;
  #welcome: Extract<ServerMessage, { op: 'welcome' }> | undefined;
  #closed = false;
  #stopWaiting: (() => void) | undefined;

  /** @internal Use `connect`. */
  constructor(url: string, options: ConnectOptions) {
    this.#url = url;
    this.#options = { ...CONNECT_DEFAULTS, clientId: randomId(), ...options };
  }

  /** What the server can do. */
  get capabilities(): Capabilities {
    return this.#welcomed.capabilities;
  }

  /** What the server takes. */
  get limits(): Limits {
    return this.#welcomed.limits;
  }

  /** Asks for a scene. Throws bad-request at once for a request that no server would take. */
  generate(request: GenerateRequest, options: GenerateCallOptions = {}): GenerationJob {
    const { signal, priority, jobId = randomId() } = options;
    checkGenerateRequest(request);
    signal?.throwIfAborted();
    const ask: GenerateMessage = { op: 'generate', jobId, request, ...(priority && { priority }) };
    const job = this.#track({ job: new GenerationJob(this.#owner, jobId), ask });
    const abort = () => job.cancel();
    signal?.addEventListener('abort', abort, { once: true });
    void job.result.catch(() => {}).finally(() => signal?.removeEventListener('abort', abort));
    return job;
  }

  /** Follows a job by its id, from the event after `afterEvent` on; 0 for all of them. */
  follow(jobId: string, afterEvent = 0): GenerationJob {
    return this.#track({ job: new GenerationJob(this.#owner, jobId, afterEvent) });
  }

  /** The scene of a finished job. Errors: job-unknown, bad-request while it is not done, connection-lost. */
  fetch(jobId: string): Promise<SceneDescription> {
    return this.#scenes.ask(jobId, () => this.#send({ op: 'fetch', jobId }));
  }

  /** The jobs that this client asked for and the server still holds. Errors: connection-lost. */
  list(): Promise<JobSummary[]> {
    return this.#lists.ask('', () => this.#send({ op: 'list' }));
  }

  /** Ends the connection. Jobs go on at the server; here they fail with connection-lost. */
  close(): void {
    this.#closed = true;
    this.#stopWaiting?.();
    this.#connection?.close();
    this.#failAll(new SceneMakerError('connection-lost', 'the client was closed'));
  }

  /** @internal */
  async open(): Promise<void> {
    const { client, clientId, token, WebSocket, maxMessageBytes, silenceMillis } = this.#options;
    const connection = await openConnection(this.#url, {
      client,
      clientId,
      maxMessageBytes,
      silenceMillis,
      ...(token !== undefined && { token }),
      ...(WebSocket && { WebSocket }),
      onMessage: (message) => dispatch(this.#handlers, message),
    });
    if (this.#closed) {
      connection.close();
      return;
    }
    this.#connection = connection;
    this.#welcome = connection.welcome;
    void connection.lost.then((error) => this.#reopen(error));
    for (const tracked of this.#jobs.values()) this.#announce(tracked);
  }

  readonly #owner = {
    requestCancel: (job: GenerationJob): void => {
      const tracked = this.#jobs.get(job.jobId);
      if (tracked) tracked.cancelRequested = true;
      this.#send({ op: 'cancel', jobId: job.jobId });
    },
  };

  readonly #handlers: Handlers<ServerMessage, void> = {
    welcome: () => {},
    accepted: ({ jobId }) => {
      const tracked = this.#jobs.get(jobId);
      if (tracked) tracked.ask = undefined;
    },
    event: (message) => {
      const job = this.#jobs.get(message.jobId)?.job;
      job?.accept(message);
      if (job?.ended) this.#jobs.delete(message.jobId);
    },
    result: ({ jobId, scene }) => this.#scenes.resolve(jobId, scene),
    jobs: ({ jobs }) => this.#lists.resolve('', jobs),
    error: ({ inReplyTo, jobId = '', error }) => {
      const failure = fromWireError(error);
      if (inReplyTo === 'fetch') this.#scenes.reject(jobId, failure);
      else if (inReplyTo === 'list') this.#lists.reject('', failure);
      else if (inReplyTo === 'generate' || inReplyTo === 'resume') this.#fail(jobId, failure);
    },
  };

  get #welcomed(): Extract<ServerMessage, { op: 'welcome' }> {
    if (!this.#welcome) throw new SceneMakerError('internal', 'the client is not connected yet');
    return this.#welcome;
  }

  #track(tracked: Omit<TrackedJob, 'cancelRequested'>): GenerationJob {
    const { job } = tracked;
    if (this.#jobs.has(job.jobId)) {
      throw new SceneMakerError('bad-request', `job ${job.jobId} is already followed`, { given: job.jobId });
    }
    if (this.#closed) {
      job.fail(new SceneMakerError('connection-lost', 'the client was closed'));
      return job;
    }
    const complete = { ...tracked, cancelRequested: false };
    this.#jobs.set(job.jobId, complete);
    this.#announce(complete);
    return job;
  }

  /** Asks for a job, or for the rest of its events. */
  #announce({ job, ask, cancelRequested }: TrackedJob): void {
    const { jobId } = job;
    if (ask) this.#send(ask);
    else this.#send({ op: 'resume', jobId, afterEvent: job.lastEvent });
    if (cancelRequested) this.#send({ op: 'cancel', jobId });
  }

  /** Without a connection nothing is sent; what matters is said again when there is one. */
  #send(message: ClientMessage): boolean {
    this.#connection?.send(message);
    return this.#connection !== undefined;
  }

  async #reopen(error: SceneMakerError): Promise<void> {
    this.#connection = undefined;
    this.#scenes.rejectAll(error);
    this.#lists.rejectAll(error);
    if (this.#closed) return;
    const { onConnection } = this.#options;
    onConnection?.('lost');
    let failure = error;
    // What the peer got wrong once it would get wrong again.
    const attempts = error.code === 'connection-lost' ? this.#options.reconnectAttempts : 0;
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (this.#closed) return;
      await this.#wait(Math.min(FIRST_WAIT_MILLISECONDS * 2 ** attempt, LONGEST_WAIT_MILLISECONDS));
      if (this.#closed) return;
      try {
        await this.open();
        onConnection?.('back');
        return;
      } catch (thrown) {
        failure = SceneMakerError.from(thrown);
        if (!failure.retryable) break;
      }
    }
    this.#closed = true;
    this.#failAll(failure);
    onConnection?.('ended');
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#stopWaiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #fail(jobId: string, error: SceneMakerError): void {
    this.#jobs.get(jobId)?.job.fail(error);
    this.#jobs.delete(jobId);
  }

  #failAll(error: SceneMakerError): void {
    for (const jobId of this.#jobs.keys()) this.#fail(jobId, error);
    this.#scenes.rejectAll(error);
    this.#lists.rejectAll(error);
  }
}

/** 128 random bits; `crypto.randomUUID` exists in secure contexts alone. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
