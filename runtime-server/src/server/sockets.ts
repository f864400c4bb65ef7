/** Which WebSockets are let in. */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { MAX_FRAME_BYTES, SUBPROTOCOL } from '@scenemaker/sdk';
import { type WebSocket, WebSocketServer } from 'ws';
import { isLoopback, type ResolvedServerOptions } from './options.js';

/** `onSocket` undefined: the server takes no connections, not yet or no more. */
export function acceptSockets(
  http: Server,
  options: ResolvedServerOptions,
  onSocket: () => ((socket: WebSocket) => void) | undefined,
): WebSocketServer {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
  });
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const serve = onSocket();
    const refusal = serve ? refuseUpgrade(request, options, sockets.clients.size) : 503;
    if (!serve || refusal !== undefined) {
      stream.end(
        `HTTP/1.1 ${refusal} ${STATUS_CODES[refusal ?? 503]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', () => {}); // The close that follows is what counts.
      watchHeartbeat(socket, options);
      serve(socket);
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
  if (!isOriginAllowed(request.headers, options)) return 403;
  if (connections >= options.maxConnections) return 503;
  return undefined;
}

/** Programs send no origin; browsers always do, and cannot lie about it. */
function isOriginAllowed(
  { origin, host }: IncomingMessage['headers'],
  { allowedOrigins, token }: Pick<ResolvedServerOptions, 'allowedOrigins' | 'token'>,
): boolean {
  if (origin === undefined || allowedOrigins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  // The page's own server, by the name the page was opened with. A foreign name can be pointed at this machine, so
  // that only the token makes it safe to go by.
  if (token !== undefined && new URL(origin).host === host) return true;
  return isLoopback(new URL(origin).hostname);
}

/** Ends a connection whose other end has silently gone, or reads nothing. */
function watchHeartbeat(
  socket: WebSocket,
  { heartbeatMillis, minBytesPerSecond }: Pick<ResolvedServerOptions, 'heartbeatMillis' | 'minBytesPerSecond'>,
): void {
  /** Pings since the last sign of life. */
  let unanswered = 0;
  let buffered = 0;
  for (const sign of ['pong', 'message'] as const) socket.on(sign, () => (unanswered = 0));
  const timer = setInterval(() => {
    // A ping waits behind what is sent already, and of that a long frame counts in full until all of it has left.
    if (socket.bufferedAmount < buffered) unanswered = 0;
    buffered = socket.bufferedAmount;
    const patience = 1 + Math.floor((1000 * buffered) / minBytesPerSecond / heartbeatMillis);
    if (unanswered >= patience) return socket.terminate();
    unanswered++;
    socket.ping();
  }, heartbeatMillis);
  socket.on('close', () => clearInterval(timer));
}
