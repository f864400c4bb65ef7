/** One WebSocket from `hello` until it closes. */
import {
  CLOSE_CODES,
  type ClientMessage,
  fromWireError,
  parseServerMessage,
  SceneMakerError,
  type ServerMessage,
  Transport,
} from '../protocol/index.js';
import { CLIENT_FRAME_BYTES, openSocket, type SocketConstructor } from './socket.js';

type Welcome = Extract<ServerMessage, { op: 'welcome' }>;

export interface ConnectionOptions {
  client: string;
  clientId: string;
  token?: string;
  WebSocket?: SocketConstructor;
  maxMessageBytes: number;
  silenceMillis: number;
  /** Every message after `welcome`. Throwing ends the connection. */
  onMessage: (message: ServerMessage) => void;
  /** Called once, after `welcome`, when the connection has ended for whatever reason. */
  onLost: (error: SceneMakerError) => void;
}

export interface Connection {
  readonly welcome: Welcome;
  send(message: ClientMessage): void;
  close(): void;
}

/** Errors: connection-lost, unauthorized, or whatever the server answers `hello` with. */
export async function openConnection(url: string, options: ConnectionOptions): Promise<Connection> {
  const socket = await openSocket(url, options.WebSocket);
  return new Promise((resolve, reject) => {
    let welcomed = false;
    let ended = false;
    /** Turns of the watch since the peer last said something. */
    let silentTurns = 0;
    const lose = (error: SceneMakerError): void => {
      if (ended) return;
      ended = true;
      clearInterval(watch);
      if (welcomed) options.onLost(error);
      else reject(error);
    };
    /** Without waiting for the peer, which may be gone. */
    const end = (error: SceneMakerError, code: number = CLOSE_CODES.badMessage): void => {
      socket.close(code, error.code);
      lose(error);
    };
    const transport = new Transport(socket, {
      maxMessageBytes: options.maxMessageBytes,
      onViolation: end,
      onKept: () => (silentTurns = 0),
      onMessage: (value) => {
        if (ended) return;
        silentTurns = 0;
        try {
          const message = parseServerMessage(value);
          if (welcomed) options.onMessage(message);
          else if (message.op === 'welcome') {
            welcomed = true;
            resolve({
              welcome: message,
              send: (outgoing) => transport.send(outgoing),
              close: () => {
                clearInterval(watch);
                socket.close(1000, 'client closed');
              },
            });
          } else if (message.op === 'error') end(fromWireError(message.error));
          else end(new SceneMakerError('bad-request', `the server began with ${message.op} instead of welcome`));
        } catch (thrown) {
          end(SceneMakerError.from(thrown));
        }
      },
    });
    // A peer that vanished without a word closes nothing. Browsers cannot ping, so that it is asked something.
    let waitingBytes = 0;
    const watch = setInterval(() => {
      // A long message on its way out is a sign of life while it gets shorter.
      if (transport.waitingBytes < waitingBytes) silentTurns = 0;
      waitingBytes = transport.waitingBytes;
      if (++silentTurns > 2) end(new SceneMakerError('connection-lost', `${url} says nothing any more`), 1000);
      else if (silentTurns > 1 && welcomed) transport.send({ op: 'list' } satisfies ClientMessage);
    }, options.silenceMillis);
    socket.addEventListener('close', ({ code, reason }) => {
      const words = reason === '' ? `code ${code}` : `${reason}, code ${code}`;
      lose(new SceneMakerError('connection-lost', `the connection to ${url} ended (${words})`));
    });
    const { client, clientId, token } = options;
    const hello = { op: 'hello', client, clientId, maxFrameBytes: CLIENT_FRAME_BYTES } as const;
    transport.send({ ...hello, ...(token !== undefined && { token }) } satisfies ClientMessage);
  });
}
