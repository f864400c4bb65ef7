/** Where a WebSocket comes from. */
import { SceneMakerError, type SocketLike, SUBPROTOCOL } from '../protocol/index.js';

/** The browser's `WebSocket`, the one of the `ws` package, or anything that behaves alike. */
export type SocketConstructor = new (url: string, protocol: string, options?: object) => SocketLike;

/** Longest frame that the client takes: most scenes are one. */
export const CLIENT_FRAME_BYTES = 32 * 1024 * 1024;

/** Options that `ws` understands and browsers do not see. */
const WS_OPTIONS = { maxPayload: CLIENT_FRAME_BYTES, perMessageDeflate: false };

/** A socket that is about to open, and speaks the subprotocol. Errors: bad-request. */
export async function createSocket(url: string, given?: SocketConstructor): Promise<SocketLike> {
  const WebSocket = given ?? (await findConstructor());
  try {
    return new WebSocket(url, SUBPROTOCOL, WS_OPTIONS);
  } catch (cause) {
    throw new SceneMakerError('bad-request', `${url} is not a WebSocket address`, { given: url, cause });
  }
}

async function findConstructor(): Promise<SocketConstructor> {
  const inBrowser = (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  if (inBrowser) return inBrowser;
  const { WebSocket } = await import('ws');
  return WebSocket;
}
