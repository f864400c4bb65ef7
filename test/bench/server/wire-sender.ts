/** Sends 20 MB whenever it is asked to: on `/bare` in one frame of a bare socket, else by our transport. Prints its port. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { encode, Transport } from '@scenemaker/sdk';

const bytes = encode({ op: 'bench', mesh: new Float32Array(5_000_000).fill(0.5) });
/** What our client says that it takes. */
const FRAME_BYTES = 32 * 1024 * 1024;

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
await once(server, 'listening');
server.on('connection', (socket, { url }) => {
  if (url === '/bare') {
    socket.on('message', () => socket.send(bytes));
    return;
  }
  const transport = new Transport(socket, {
    maxMessageBytes: 1000,
    onMessage: () => transport.sendEncoded(bytes),
    onViolation: (error) => {
      throw error;
    },
  });
  if (url === '/whole') transport.maxFrameBytes = FRAME_BYTES;
});
console.log((server.address() as AddressInfo).port);
