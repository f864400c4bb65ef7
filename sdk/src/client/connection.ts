/** One WebSocket from its first byte until it closes. */
import {
  CLOSE_CODES,
  type ClientMessage,
  fromWireError,
  parseServerMessage,
  SceneMakerError,
  type ServerMessage,
  Transport,
} from '../protocol/index.js';
import { CLIENT_FRAME_BYTES, createSocket, type SocketConstructor } from './socket.js';

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
}

export interface Connection {
  readonly welcome: Welcome;
  /** Why the connection has ended, once it has. */
  readonly lost: Promise<SceneMakerError>;
  send(message: ClientMessage): void;
  close(): void;
}

/** Turns of the watch in which a peer may say nothing. */
const SILENT_TURNS = 2;

/** Errors: bad-request for the address, connection-lost, unauthorized, or whatever the server answers `hello` with. */
export async function openConnection(url: string, options: ConnectionOptions): Promise<Connection> {
  const socket = await createSocket(url, options.WebSocket);
  let opened = false;
  let welcomed = false;
  let ended = false;
  let tellLost!: (error: SceneMakerError) => void;
  const lost = new Promise<SceneMakerError>((resolve) => (tellLost = resolve));
  return new Promise((resolve, reject) => {
    const lose = (error: SceneMakerError): void => {
      if (ended) return;
      ended = true;
      clearInterval(watch);
      if (welcomed) tellLost(error);
      else reject(error);
    };
    /** Without waiting for the peer, which may be gone. */
    const end = (error: SceneMakerError, code: number = CLOSE_CODES.badMessage): void => {
      socket.close(code, error.code);
      lose(error);
    };
    /** Turns of the watch since the peer last said something. */
    let silentTurns = 0;
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
              lost,
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
    // A peer that vanished without a word closes nothing, and one that hangs takes connections and never answers
    // them. Browsers cannot ping, so that it is asked something.
    let waitingBytes = 0;
    const watch = setInterval(() => {
      // A long message on its way out is a sign of life while it gets shorter.
      if (transport.waitingBytes < waitingBytes) silentTurns = 0;
      waitingBytes = transport.waitingBytes;
      if (++silentTurns > SILENT_TURNS) {
        const silent = new SceneMakerError('connection-lost', `${url} says nothing any more`);
        end(opened ? silent : noAnswer(url), 1000);
      } else if (silentTurns > 1 && welcomed) transport.send({ op: 'list' } satisfies ClientMessage);
    }, options.silenceMillis);
    socket.addEventListener('open', () => {
      opened = true;
      silentTurns = 0;
      const { client, clientId, token } = options;
      const hello = { op: 'hello', client, clientId, maxFrameBytes: CLIENT_FRAME_BYTES } as const;
      transport.send({ ...hello, ...(token !== undefined && { token }) } satisfies ClientMessage);
    });
    // The event says nothing of the reason, in browsers on purpose; `close` follows.
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', ({ code, reason }) => {
      const words = reason === '' ? `code ${code}` : `${reason}, code ${code}`;
      const cut = new SceneMakerError('connection-lost', `the connection to ${url} ended (${words})`);
      lose(opened ? cut : noAnswer(url));
    });
  });
}

function noAnswer(url: string): SceneMakerError {
  return new SceneMakerError('connection-lost', `no SceneMaker server answers at ${url}`, { given: url });
}
