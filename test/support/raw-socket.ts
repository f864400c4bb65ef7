import { WebSocket } from 'ws';
import { decode, encode, SUBPROTOCOL } from '@scenemaker/sdk';

/** A bare socket that keeps what it receives. */
export async function openRawSocket(url: string, options: { protocol?: string; origin?: string } = {}) {
  const { protocol = SUBPROTOCOL, ...rest } = options;
  const socket = new WebSocket(url, protocol, rest);
  const received: Record<string, unknown>[] = [];
  let wake = (): void => {};
  socket.on('message', (data: Buffer) => {
    received.push(decode(new Uint8Array(data)) as Record<string, unknown>);
    wake();
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return {
    closed,
    socket,
    send: (message: unknown) => socket.send(encode(message)),
    next: async (): Promise<Record<string, unknown>> => {
      while (received.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return received.shift() ?? {};
    },
  };
}
