/**
 * The viewer's files over HTTP. They are read once, so that a request names an entry of a table and never a path
 * on disk.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** The viewer as `npm run build` leaves it, and as the package ships it. */
export const VIEWER_FOLDER = new URL('../../dist/viewer/', import.meta.url);

/** What may be served, and whether it gets smaller when packed. */
const TYPES: Readonly<Record<string, { type: string; packs: boolean }>> = {
  '.html': { type: 'text/html; charset=utf-8', packs: true },
  '.js': { type: 'text/javascript; charset=utf-8', packs: true },
  '.css': { type: 'text/css; charset=utf-8', packs: true },
  '.json': { type: 'application/json', packs: true },
  '.svg': { type: 'image/svg+xml', packs: true },
  '.wasm': { type: 'application/wasm', packs: true },
  '.jpg': { type: 'image/jpeg', packs: false },
  '.png': { type: 'image/png', packs: false },
  '.woff2': { type: 'font/woff2', packs: false },
};

/** The page runs its own code alone, and talks to its own server alone; pictures it makes itself are blobs. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
};

const NOT_BUILT = 'The viewer is not built here. Build it with `npm run build`, then start the server again.\n';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

export interface Pages {
  /** `path` as in the request line, with or without a query. Undefined: there is no such file. */
  reply(path: string, headers: IncomingHttpHeaders): Promise<Reply | undefined>;
}

interface Page {
  body: Buffer;
  /** Made on the first request that takes it. */
  packed: Promise<Buffer> | undefined;
  type: string;
  packs: boolean;
  cacheControl: string;
  etag: string;
}

/** Reads the folder; without one, `/` says what to do about it. */
export async function loadPages(folder: URL | string = VIEWER_FOLDER): Promise<Pages> {
  const pages = await readPages(folder instanceof URL ? fileURLToPath(folder) : folder);
  const index = pages.get('/index.html');
  if (index) pages.set('/', index);
  return {
    async reply(path, headers) {
      const page = pages.get(path.split('?', 1)[0]);
      if (page) return replyWith(page, headers);
      if (path !== '/' || index) return undefined;
      return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: NOT_BUILT };
    },
  };
}

async function readPages(folder: string): Promise<Map<string, Page>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const pages = new Map<string, Page>();
  for (const file of files) {
    const known = TYPES[extname(file.name)];
    if (!file.isFile() || known === undefined) continue;
    const path = join(file.parentPath, file.name);
    const address = `/${path.slice(join(folder, '/').length).split(sep).join('/')}`;
    const body = await readFile(path);
    // The build writes a hash of the content into the names of these.
    const neverChanges = address.startsWith('/assets/');
    pages.set(address, {
      ...known,
      body,
      packed: undefined,
      cacheControl: neverChanges ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    });
  }
  return pages;
}

async function replyWith(
  page: Page,
  { 'if-none-match': known, 'accept-encoding': accepts }: IncomingHttpHeaders,
): Promise<Reply> {
  const headers: Record<string, string> = {
    ...SECURITY_HEADERS,
    'content-type': page.type,
    'cache-control': page.cacheControl,
    etag: page.etag,
    ...(page.packs && { vary: 'accept-encoding' }),
  };
  if (known === page.etag) return { status: 304, headers, body: '' };
  if (!page.packs || !/\bgzip\b/.test(typeof accepts === 'string' ? accepts : ''))
    return { status: 200, headers, body: page.body };
  page.packed ??= promisify(gzip)(page.body);
  return { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: await page.packed };
}
