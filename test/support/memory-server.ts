/**
 * A server in memory for the client alone, without a network: it can be killed in every phase of a connection, and
 * comes back with or without the jobs it had.
 */
import {
  type ClientMessage,
  decode,
  encode,
  type GenerateRequest,
  MAX_REQUEST_BYTES,
  parseClientMessage,
  type ServerMessage,
  type SocketConstructor,
  type SocketLike,
  Transport,
} from '@scenemaker/sdk';
import { exampleScene } from './example-scene.js';

/** What happens to one connection. `serve`: nothing bad. */
export const FATES = [
  'serve',
  'refuse',
  'hang before it opens',
  'end before hello',
  'say nothing to hello',
  'end at hello',
  'end with welcome',
  'end within the upload',
  'end when asked',
  'end as it accepts',
  'say nothing more after it accepts',
] as const;
export type Fate = (typeof FATES)[number];

const CAPABILITIES = { stages: [], pack: 'memory@1', executionProvider: 'none', hints: [], pictureFormats: [] };
const LIMITS = {
  maxMessageBytes: MAX_REQUEST_BYTES,
  maxPictureBytes: MAX_REQUEST_BYTES,
  maxPicturePixels: 1e6,
  maxQueuedJobs: 9,
  maxQueuedJobsPerClient: 9,
  maxMessagesPerSecond: 50,
  maxJobSeconds: 9,
};

/** One end of a pair; what is sent arrives at the other a moment later, in order. */
class MemorySocket implements SocketLike {
  binaryType = 'arraybuffer';
  readyState = 0;
  readonly bufferedAmount = 0;
  other: MemorySocket | undefined;
  readonly #listeners: Record<string, ((event: never) => void)[]> = {};

  addEventListener(type: string, listener: (event: never) => void): void {
    (this.#listeners[type] ??= []).push(listener);
  }
  tell(type: string, event: unknown): void {
    for (const listener of this.#listeners[type] ?? []) listener(event as never);
  }
  send(data: Uint8Array<ArrayBuffer>): void {
    const { other } = this;
    const copy = data.slice().buffer;
    setTimeout(() => other?.readyState === 1 && other.tell('message', { data: copy }));
  }
  /** What was sent before still arrives. */
  close(code = 1005, reason = ''): void {
    if (this.readyState > 1) return;
    this.readyState = 2;
    setTimeout(() => {
      for (const end of [this, this.other]) {
        if (!end || end.readyState === 3) continue;
        end.readyState = 3;
        end.tell('close', { code, reason });
      }
    });
  }
}

export class MemoryServer {
  /** Of the connections to come, in their order; those after them are served. */
  readonly fates: Fate[] = [];
  /** Jobs that are known, and whether they are done. */
  readonly jobs = new Map<string, GenerateRequest>();
  /** Jobs that were ever accepted. */
  readonly accepted = new Set<string>();
  connections = 0;

  /** For `connect`. */
  readonly WebSocket: SocketConstructor;

  constructor() {
    const dial = (near: MemorySocket): void => this.#take(near, this.fates.shift() ?? 'serve');
    this.WebSocket = class extends MemorySocket {
      constructor() {
        super();
        dial(this);
      }
    };
  }

  #take(near: MemorySocket, fate: Fate): void {
    this.connections++;
    if (fate === 'hang before it opens') return;
    if (fate === 'refuse') {
      setTimeout(() => {
        near.tell('error', {});
        near.close(1006);
      });
      return;
    }
    const far = new MemorySocket();
    near.other = far;
    far.other = near;
    setTimeout(() => {
      near.readyState = far.readyState = 1;
      this.#serve(far, fate);
      if (fate === 'end before hello') far.close(1001);
      near.tell('open', {});
    });
  }

  #serve(socket: MemorySocket, fate: Fate): void {
    const send = (message: ServerMessage): void => socket.send(encode(message));
    let frames = 0;
    socket.addEventListener('message', ({ data }: { data: ArrayBuffer }) => {
      frames += (decode(new Uint8Array(data.slice(0))) as { op: string }).op === 'chunk' ? 1 : 0;
      if (fate === 'end within the upload' && frames === 2) socket.close(1001);
    });
    void new Transport(socket, {
      maxMessageBytes: MAX_REQUEST_BYTES,
      onViolation: (error) => {
        throw error;
      },
      onMessage: (value) => {
        const message: ClientMessage = parseClientMessage(value);
        if (message.op === 'hello') {
          if (fate === 'say nothing to hello') return;
          if (fate === 'end at hello') return socket.close(1001);
          send({ op: 'welcome', server: 'memory', limits: LIMITS, capabilities: CAPABILITIES });
          if (fate === 'end with welcome') socket.close(1001);
        } else if (message.op === 'list') {
          if (fate !== 'say nothing more after it accepts') send({ op: 'jobs', jobs: [] });
        } else if (message.op === 'generate' || message.op === 'resume') {
          if (fate === 'end when asked') return socket.close(1001);
          const { jobId } = message;
          if (message.op === 'generate') this.jobs.set(jobId, message.request);
          if (!this.jobs.has(jobId)) {
            const error = { code: 'job-unknown', message: `no job ${jobId} is known`, retryable: false } as const;
            return send({ op: 'error', inReplyTo: message.op, jobId, error });
          }
          this.accepted.add(jobId);
          send({ op: 'accepted', jobId, queuePosition: 0 });
          if (fate === 'end as it accepts') return socket.close(1001);
          if (fate === 'say nothing more after it accepts') return;
          const after = message.op === 'resume' ? message.afterEvent : 0;
          const events = [{ type: 'started' }, { type: 'done', scene: exampleScene() }] as const;
          for (const [index, event] of events.entries())
            if (index >= after) send({ op: 'event', jobId, number: index + 1, at: 0, event });
        }
      },
    });
  }
}
