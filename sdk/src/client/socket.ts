/** Where a WebSocket comes from. */
import { SceneMakerError, type SocketLike, SUBPROTOCOL } from '../protocol/index.js';

/** The browser's `WebSocket`, the one of the `ws` package, or anything that behaves alike. */
export type SocketConstructor = new (url: string, protocol: string, options?: object) => SocketLike;

/** Longest frame that the client takes: most scenes are one. */
export const CLIENT_FRAME_BYTES = 32 * 1024 * 1024;

/** Options that `ws` understands and browsers do not see. */
const WS_OPTIONS = { maxPayload: CLIENT_FRAME_BYTES, perMessageDeflate: false };

/** Opens a socket that speaks the subprotocol. Errors: connection-lost, bad-request. */
export async function openSocket(url: string, given?: SocketConstructor): Promise<SocketLike> {
  const WebSocket = given ?? (await findConstructor());
  return new Promise((resolve, reject) => {
    let socket: SocketLike;
    try {
      socket = new WebSocket(url, SUBPROTOCOL, WS_OPTIONS);
    } catch (cause) {
      reject(new SceneMakerError('bad-request', `${url} is not a WebSocket address`, { given: url, cause }));
      return;
    }
    socket.addEventListener('open', () => resolve(socket));
    // The event says nothing of the reason, in browsers on purpose; `close` follows.
    socket.addEventListener('error', () => reject(lost(url)));
    socket.addEventListener('close', () => reject(lost(url)));
  });
}

function lost(url: string): SceneMakerError {
  return new SceneMakerError('connection-lost', `no SceneMaker server answers at ${url}`, { given: url });
}

async function findConstructor(): Promise<SocketConstructor> {
  const inBrowser = (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  if (inBrowser) return inBrowser;
  const { WebSocket } = await import('ws');
  return WebSocket;
}
