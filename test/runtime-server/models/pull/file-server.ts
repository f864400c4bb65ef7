/** A web server of one file that can misbehave as real ones do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Behaviour =
  /** Sends so many bytes of what was asked for, then cuts the connection, once `arrived` knows that they came. */
  | { cutAfter: number; arrived: (position: number) => Promise<void> }
  /** Answers with a status and nothing else. */
  | { status: number }
  /** Sends the whole file whatever range is asked for. */
  | 'no-ranges'
  /** Says `Content-Length` of the bytes it sends, which are not all. */
  | { endAfter: number };

export interface FileServer {
  url: string;
  /** The ranges that were asked for; undefined for a request of the whole file. */
  ranges: (string | undefined)[];
  /** How often somebody asked about the file without asking for it. */
  heads: () => number;
  close(): Promise<void>;
}

/** The n-th request is answered by the n-th behaviour, those after the last and those by HEAD as they should be. */
export async function serveFile(file: () => Buffer, behaviours: readonly Behaviour[] = []): Promise<FileServer> {
  const ranges: (string | undefined)[] = [];
  let heads = 0;
  const server = createServer((request, response) => {
    if (request.method === 'HEAD') {
      heads++;
      answer(request, response, file());
      return;
    }
    const behaviour = behaviours[ranges.length];
    ranges.push(request.headers.range);
    answer(request, response, file(), behaviour);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.onnx`,
    ranges,
    heads: () => heads,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, file: Buffer, behaviour?: Behaviour): void {
  if (typeof behaviour === 'object' && 'status' in behaviour) {
    response.writeHead(behaviour.status).end();
    return;
  }
  const from = behaviour === 'no-ranges' ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from >= file.length) {
    response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
    return;
  }
  const body = file.subarray(from);
  const sent = typeof behaviour === 'object' && 'endAfter' in behaviour ? body.subarray(0, behaviour.endAfter) : body;
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': sent.length,
    ...(from > 0 && { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` }),
  });
  if (typeof behaviour === 'object' && 'cutAfter' in behaviour) {
    response.write(sent.subarray(0, behaviour.cutAfter));
    void behaviour.arrived(from + behaviour.cutAfter).then(() => response.destroy());
  } else response.end(sent);
}
