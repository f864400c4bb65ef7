/** The server: HTTP for health, WebSocket for everything else. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type Capabilities,
  type Limits,
  MAX_FRAME_BYTES,
  PROGRESS_STAGES,
  SceneMakerError,
  SUBPROTOCOL,
} from '@scenemaker/sdk';
import { type WebSocket, WebSocketServer } from 'ws';
import { InferenceProcess, type InferenceProcessOptions } from '../inference/process.js';
import { PICTURE_FORMATS } from '../input/picture.js';
import { InProcessQueue } from '../jobs/in-process.js';
import type { PipelineInfo, PipelineOptions } from '../pipeline-types.js';
import { GENERATOR } from '../version.js';
import { isLoopback, type ResolvedServerOptions, resolveServerOptions, type ServerOptions } from './options.js';
import { serveSession, type SessionContext } from './session.js';

export interface StartOptions extends ServerOptions {
  /** Which pipeline the inference process makes; or another module that serves inference. */
  inference: PipelineOptions | InferenceProcessOptions;
}

export interface RunningServer {
  /** What clients connect to. */
  readonly url: string;
  readonly port: number;
  readonly info: PipelineInfo;
  /** Id of the inference process at the moment. */
  readonly inferencePid: number | undefined;
  /** Ends connections and running jobs. */
  close(): Promise<void>;
}

/**
 * Starts a server and waits until it takes jobs.
 * Errors: port-in-use; bad-request for options; pack-missing, pack-corrupt and device-unavailable from the models.
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const resolved = resolveServerOptions(options);
  const http = createServer();
  await listen(http, resolved);
  const inference = new InferenceProcess(toProcessOptions(options.inference));
  // What the models can do stays the same when the process is started again.
  const firstReady = inference.ready;
  const queue = new InProcessQueue(inference, resolved);
  const sockets = acceptSockets(http, {
    queue,
    options: resolved,
    limits: toLimits(resolved),
    server: GENERATOR,
    capabilities: async () => toCapabilities(await firstReady),
  });
  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const healthy = request.method === 'GET' && request.url === '/healthz';
    response.writeHead(healthy ? 200 : 404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(healthy ? { status: 'ok', server: GENERATOR, jobs: queue.counts() } : { status: 'not found' }),
    );
  });

  const close = async (): Promise<void> => {
    for (const socket of sockets.clients) socket.close(1001, 'the server is closing');
    await queue.close();
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  let info: PipelineInfo;
  try {
    info = await firstReady;
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const { port } = http.address() as AddressInfo;
  const host = resolved.host.includes(':') ? `[${resolved.host}]` : resolved.host;
  return {
    url: `ws://${host}:${port}`,
    port,
    info,
    get inferencePid() {
      return inference.pid;
    },
    close,
  };
}

function listen(http: Server, { host, port }: ResolvedServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => {
      const refusals: Partial<Record<string, SceneMakerError>> = {
        EADDRINUSE: new SceneMakerError('port-in-use', `port ${port} on ${host} is in use`, { given: port, cause }),
        EACCES: new SceneMakerError('bad-request', `port ${port} may not be used by this user`, { given: port, cause }),
        EADDRNOTAVAIL: new SceneMakerError('bad-request', `${host} is not an address of this machine`, {
          given: host,
          cause,
        }),
        ENOTFOUND: new SceneMakerError('bad-request', `${host} is not an address of this machine`, {
          given: host,
          cause,
        }),
      };
      reject(refusals[cause.code ?? ''] ?? cause);
    });
    http.listen(port, host, resolve);
  });
}

function acceptSockets(http: Server, context: SessionContext): WebSocketServer {
  const { options } = context;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
  });
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const refusal = refuseUpgrade(request, options, sockets.clients.size);
    if (refusal !== undefined) {
      stream.end(`HTTP/1.1 ${refusal} ${STATUS_CODES[refusal]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', () => {}); // The close that follows is what counts.
      watchHeartbeat(socket, options.heartbeatMillis);
      serveSession(socket, context);
    });
  });
  return sockets;
}

/** The HTTP status that refuses a connection, or undefined. */
function refuseUpgrade(
  request: IncomingMessage,
  options: ResolvedServerOptions,
  connections: number,
): number | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (!offered.includes(SUBPROTOCOL)) return 426;
  if (!isOriginAllowed(request.headers.origin, options.allowedOrigins)) return 403;
  if (connections >= options.maxConnections) return 503;
  return undefined;
}

/** Programs send no origin; browsers always do, and cannot lie about it. */
function isOriginAllowed(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}

/** Ends a connection whose other end has silently gone. */
function watchHeartbeat(socket: WebSocket, intervalMillis: number): void {
  let alive = true;
  socket.on('pong', () => (alive = true));
  const timer = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, intervalMillis);
  socket.on('close', () => clearInterval(timer));
}

/** Field by field, since the options hold more than clients may know. */
function toLimits({
  maxMessageBytes,
  maxPictureBytes,
  maxPicturePixels,
  maxQueuedJobs,
}: ResolvedServerOptions): Limits {
  return { maxMessageBytes, maxPictureBytes, maxPicturePixels, maxQueuedJobs };
}

function toCapabilities({ pack, executionProvider, hints }: PipelineInfo): Capabilities {
  return { stages: [...PROGRESS_STAGES], pack, executionProvider, hints, pictureFormats: [...PICTURE_FORMATS] };
}

function toProcessOptions(inference: PipelineOptions | InferenceProcessOptions): InferenceProcessOptions {
  if ('module' in inference) return inference;
  // Beside this module, compiled or not.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return {
    module: new URL(`../inference/child.${extension}`, import.meta.url),
    args: [JSON.stringify(inference)],
  };
}
