/** What the server answers over plain HTTP: whether it lives, whether it is ready, its metrics, and the viewer. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SceneMakerError } from '@scenemaker/sdk';
import type { JobCounts } from '../jobs/job-queue.js';
import { GENERATOR } from '../version.js';
import type { Metrics } from './metrics.js';
import type { ResolvedServerOptions } from './options.js';
import type { Pages, Reply } from './pages.js';
import { sameSecret } from './secret.js';

export interface HttpSources {
  counts: () => Promise<JobCounts>;
  ready: () => Promise<boolean>;
  metrics: Pick<Metrics, 'text' | 'contentType'>;
  token: string | undefined;
  pages: Pages;
}

export function createHttp(sources: HttpSources): Server {
  const http = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 });
  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, sources).then(
      ({ status, headers, body }) => {
        response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
        response.end(request.method === 'HEAD' ? undefined : body);
      },
      () => {
        response.writeHead(500);
        response.end();
      },
    );
  });
  return http;
}

async function answer({ method, url = '/', headers }: IncomingMessage, sources: HttpSources): Promise<Reply> {
  const { token } = sources;
  if (method !== 'GET' && method !== 'HEAD') return json(405, { status: 'method not allowed' });
  switch (url) {
    // Says no more than that the process answers, however busy or broken what it depends on may be.
    case '/healthz':
      return json(200, { status: 'ok', server: GENERATOR });
    case '/readyz': {
      const ready = await sources.ready();
      return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', jobs: await sources.counts() });
    }
    case '/metrics': {
      const given = headers.authorization?.replace(/^Bearer /, '') ?? '';
      if (token !== undefined && !sameSecret(token, given)) return json(401, { status: 'needs the token as a bearer' });
      const body = await sources.metrics.text();
      return { status: 200, headers: { 'content-type': sources.metrics.contentType }, body };
    }
    default:
      return (await sources.pages.reply(url, headers)) ?? json(404, { status: 'not found' });
  }
}

function json(status: number, body: object): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Errors: port-in-use; bad-request for an address or port that cannot be listened on. */
export function listen(http: Server, { host, port }: ResolvedServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => {
      const refusals: Partial<Record<string, SceneMakerError>> = {
        EADDRINUSE: new SceneMakerError('port-in-use', `port ${port} on ${host} is in use`, { given: port, cause }),
        EACCES: new SceneMakerError('bad-request', `port ${port} may not be used by this user`, { given: port, cause }),
        EADDRNOTAVAIL: notAnAddress(host, cause),
        ENOTFOUND: notAnAddress(host, cause),
      };
      reject(refusals[cause.code ?? ''] ?? cause);
    });
    http.listen(port, host, resolve);
  });
}

function notAnAddress(host: string, cause: unknown): SceneMakerError {
  return new SceneMakerError('bad-request', `${host} is not an address of this machine`, { given: host, cause });
}
