/** The server: HTTP for health, metrics and the viewer, WebSocket for everything else. */
import type { AddressInfo } from 'node:net';
import { type Capabilities, type Limits, SceneMakerError } from '@scenemaker/sdk';
import type { JobCounts, JobObserver } from '../jobs/job-queue.js';
import { GENERATOR } from '../version.js';
import { type Backend, type InferenceChoice, openLocalBackend, openRedisBackend } from './backend.js';
import { createHttp, listen } from './http.js';
import { createLog, logJobs, type Logger } from './log.js';
import { createMetrics } from './metrics.js';
import { type ResolvedServerOptions, resolveServerOptions, type ServerOptions } from './options.js';
import { loadPages } from './pages.js';
import { serveSession, type SessionContext } from './session.js';
import { acceptSockets } from './sockets.js';

export interface StartOptions extends ServerOptions, Partial<InferenceChoice> {
  /** `redis://…`: jobs go to the workers of this queue, instead of inference processes of the server's own. */
  queue?: string;
  /** Folder of the viewer's built files; the ones that ship when absent. */
  viewer?: string;
  /** Where logs go; defects alone, on standard error, when absent. */
  log?: Logger;
}

export interface RunningServer {
  /** What clients connect to. */
  readonly url: string;
  /** Where browsers find the viewer. */
  readonly viewerUrl: string;
  readonly port: number;
  readonly capabilities: Capabilities;
  /** Ids of the inference processes at the moment. */
  readonly inferencePids: number[];
  /** Ends connections; jobs go back to the queue. */
  close(): Promise<void>;
}

/**
 * Starts a server and waits until it takes jobs; with a queue, for the first worker of that. Until then /readyz says 503.
 * Errors: port-in-use; bad-request for options; queue-unreachable; output-unwritable and folder-in-use for the folder of jobs;
 * pack-missing, pack-corrupt and device-unavailable from the models.
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const resolved = resolveServerOptions(options);
  const { log = createLog('error') } = options;
  let backend: Backend | undefined;
  let context: SessionContext | undefined;
  const counts = async (): Promise<JobCounts> => (await backend?.queue.counts()) ?? { waiting: 0, running: 0 };
  const metrics = createMetrics({
    counts,
    connections: () => sockets.clients.size,
    unfinishedBytes: () => context?.unfinishedBytes ?? 0,
  });
  const ready = async () => context !== undefined && (await backend?.queue.ready()) === true;
  const pages = await loadPages(options.viewer);
  const http = createHttp({ counts, ready, metrics, token: resolved.token, pages });
  const sockets = acceptSockets(http, resolved, () => {
    const present = context;
    return present && ((socket) => serveSession(socket, present));
  });
  const close = async (): Promise<void> => {
    context = undefined;
    for (const socket of sockets.clients) socket.close(1001, 'the server is closing');
    await backend?.queue.close();
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  await listen(http, resolved);
  try {
    const toLog = logJobs(log);
    const observe: JobObserver = (job, event) => {
      metrics.observe(job, event);
      toLog(job, event);
    };
    backend = await openBackend(options, resolved, observe, log);
    const capabilities = await backend.capabilities();
    context = {
      queue: backend.queue,
      options: resolved,
      limits: toLimits(resolved),
      server: GENERATOR,
      capabilities: backend.capabilities,
      unfinishedBytes: 0,
      log,
      refused: metrics.refused,
    };
    return describe(backend, capabilities, http.address() as AddressInfo, resolved, close);
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function openBackend(
  { queue, inference, workers }: StartOptions,
  resolved: ResolvedServerOptions,
  observe: JobObserver,
  log: Logger,
): Promise<Backend> {
  if (queue !== undefined) return openRedisBackend(queue, resolved, observe, log);
  if (inference === undefined) throw new SceneMakerError('bad-request', 'a server needs inference or a queue');
  return openLocalBackend({ inference, ...(workers !== undefined && { workers }) }, resolved, observe, log);
}

function describe(
  backend: Backend,
  capabilities: Capabilities,
  { port }: AddressInfo,
  options: ResolvedServerOptions,
  close: () => Promise<void>,
): RunningServer {
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `ws://${host}:${port}`,
    viewerUrl: `http://${host}:${port}/`,
    port,
    capabilities,
    get inferencePids() {
      return backend.inferencePids();
    },
    close,
  };
}

/** Field by field, since the options hold more than clients may know. */
function toLimits(options: ResolvedServerOptions): Limits {
  const { maxMessageBytes, maxPictureBytes, maxPicturePixels, maxQueuedJobs, maxJobSeconds } = options;
  const { maxQueuedJobsPerClient, maxMessagesPerSecond } = options;
  return {
    maxMessageBytes,
    maxPictureBytes,
    maxPicturePixels,
    maxQueuedJobs,
    maxQueuedJobsPerClient,
    maxMessagesPerSecond,
    maxJobSeconds,
  };
}
