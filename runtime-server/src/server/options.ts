import { MAX_REQUEST_BYTES, SceneMakerError } from '@scenemaker/sdk';
import { PICTURE_LIMITS_DEFAULTS } from '../input/picture.js';
import { LOCAL_QUEUE_DEFAULTS } from '../jobs/local-queue.js';

export interface ServerOptions {
  /** Address to listen on. Another than loopback needs a token. */
  host?: string;
  /** 0 picks a free one. */
  port?: number;
  /** What clients must send in `hello`. */
  token?: string;
  /** Web pages that may connect, as `https://host:port`. Those of this machine always may. */
  allowedOrigins?: readonly string[];
  /** Folder in which jobs outlive the server. Absent: they end with it. */
  data?: string;
  /** Answers a request that was answered before from what is kept; true. */
  cache?: boolean;
  maxConnections?: number;
  /** Longest message, bytes. */
  maxMessageBytes?: number;
  /** Bytes that the unfinished messages of all connections may take together. */
  maxUnfinishedBytes?: number;
  /** Largest encoded picture, bytes. */
  maxPictureBytes?: number;
  /** Width times height. */
  maxPicturePixels?: number;
  /** Jobs that may wait. */
  maxQueuedJobs?: number;
  maxQueuedJobsPerClient?: number;
  /** Jobs that a connection may follow at once. */
  maxFollowedJobs?: number;
  /** A job that runs longer is ended. */
  maxJobSeconds?: number;
  /** Of one connection, on average; bursts of ten times as many are allowed. */
  maxMessagesPerSecond?: number;
  /** A client with more bytes waiting for it than this is too slow for another answer and is disconnected. */
  maxWaitingBytes?: number;
  /** How long a connection may take to say hello, milliseconds. */
  helloMillis?: number;
  /** A connection that answers no ping for this long is ended, milliseconds. */
  heartbeatMillis?: number;
  /** A client that takes what is sent to it more slowly counts as gone. */
  minBytesPerSecond?: number;
}

export const DEFAULT_PORT = 8787;

export const SERVER_DEFAULTS = {
  host: '127.0.0.1',
  port: DEFAULT_PORT,
  allowedOrigins: [],
  cache: true,
  maxConnections: 500,
  maxMessageBytes: MAX_REQUEST_BYTES,
  maxUnfinishedBytes: 4 * MAX_REQUEST_BYTES,
  maxPictureBytes: PICTURE_LIMITS_DEFAULTS.maxBytes,
  maxPicturePixels: PICTURE_LIMITS_DEFAULTS.maxPixels,
  maxQueuedJobs: LOCAL_QUEUE_DEFAULTS.maxQueuedJobs,
  maxQueuedJobsPerClient: LOCAL_QUEUE_DEFAULTS.maxQueuedJobsPerClient,
  maxFollowedJobs: 256,
  maxJobSeconds: LOCAL_QUEUE_DEFAULTS.maxJobSeconds,
  maxMessagesPerSecond: 50,
  maxWaitingBytes: 64 * 1024 * 1024,
  helloMillis: 10_000,
  heartbeatMillis: 30_000,
  minBytesPerSecond: 64 * 1024,
} as const satisfies ServerOptions;

export type ResolvedServerOptions = ServerOptions & Required<Omit<ServerOptions, 'token' | 'data'>>;

/** Errors: bad-request. */
export function resolveServerOptions(options: ServerOptions): ResolvedServerOptions {
  const resolved = { ...SERVER_DEFAULTS, ...options };
  const { host, port, token } = resolved;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new SceneMakerError('bad-request', `${port} is not a port`, { given: port, allowed: '0 to 65535' });
  }
  if (!isLoopback(host) && !token) {
    throw new SceneMakerError('bad-request', `listening on ${host} needs a token, since other machines can reach it`, {
      given: host,
      allowed: '127.0.0.1, ::1 or localhost without a token',
    });
  }
  return resolved;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
