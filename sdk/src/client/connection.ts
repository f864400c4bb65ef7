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
import { openSocket, type SocketConstructor } from './socket.js';

type Welcome = Extract<ServerMessage, { op: 'welcome' }>;

export interface ConnectionOptions {
  client: string;
  clientId: string;
  token?: string;
  WebSocket?: SocketConstructor;
  maxMessageBytes: number;
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
    let reason: SceneMakerError | undefined;
    const end = (error: SceneMakerError): void => {
      reason ??= error;
      socket.close(CLOSE_CODES.badMessage, 'protocol violation');
    };
    const transport = new Transport(socket, {
      maxMessageBytes: options.maxMessageBytes,
      onViolation: end,
      onMessage: (value) => {
        try {
          const message = parseServerMessage(value);
          if (welcomed) options.onMessage(message);
          else if (message.op === 'welcome') {
            welcomed = true;
            resolve({
              welcome: message,
              send: (outgoing) => transport.send(outgoing),
              close: () => socket.close(1000, 'client closed'),
            });
          } else if (message.op === 'error') end(fromWireError(message.error));
          else end(new SceneMakerError('bad-request', `the server began with ${message.op} instead of welcome`));
        } catch (thrown) {
          end(SceneMakerError.from(thrown));
        }
      },
    });
    socket.addEventListener('close', ({ code, reason: text }) => {
      const words = text === '' ? `code ${code}` : `${text}, code ${code}`;
      const error = reason ?? new SceneMakerError('connection-lost', `the connection to ${url} ended (${words})`);
      if (welcomed) options.onLost(error);
      else reject(error);
    });
    const { client, clientId, token } = options;
    transport.send({ op: 'hello', client, clientId, ...(token !== undefined && { token }) } satisfies ClientMessage);
  });
}
