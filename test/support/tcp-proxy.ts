/** A TCP proxy on loopback that can cut its connections, or let them go silent as a pulled cable does. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  /** As a WebSocket address. */
  url: string;
  /** Ends the connections of now. */
  drop(): void;
  /** The connections of now carry nothing any more, and stay open. */
  silence(): void;
  stop(): void;
}

export async function startTcpProxy(port: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    url: `ws://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    drop,
    silence() {
      for (const socket of sockets) {
        socket.unpipe();
        socket.resume();
      }
    },
    stop() {
      drop();
      proxy.close();
    },
  };
}
