/** What a source says of a file before anything of it is fetched. */
import { stat } from 'node:fs/promises';
import { SceneMakerError } from '@scenemaker/sdk';
import { hashFile, missing } from '../pack-file.js';

export interface SourceDescription {
  bytes: number;
  /** Absent where the source does not say. */
  sha256?: string;
}

export const isUrl = (source: string): boolean => /^https?:\/\//i.test(source);

const MOST_REDIRECTS = 10;
const ANSWER_MILLIS = 30_000;

/**
 * Of a path, size and SHA-256; of a URL, what a HEAD request tells: Hugging Face names both on its way to its storage,
 * others the size and perhaps a digest (RFC 9530).
 *
 * Errors: pack-missing when there is no such file, it cannot be reached, or its size is not said.
 */
export async function describeSource(source: string): Promise<SourceDescription> {
  if (!isUrl(source)) {
    const status = await stat(source).catch((cause: unknown) => {
      throw missing(source, cause);
    });
    return { bytes: status.size, sha256: await hashFile(source) };
  }
  let [url, bytes, sha256]: [string, number | undefined, string | undefined] = [source, undefined, undefined];
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const { status, ok, headers } = await head(url, source);
    sha256 ??= hashIn(headers);
    bytes ??= sizeIn(headers, ok ? ['x-linked-size', 'content-length'] : ['x-linked-size']);
    const next = headers.get('location');
    if (status >= 300 && status < 400 && next !== null) {
      url = new URL(next, url).href;
      continue;
    }
    if (!ok) throw new SceneMakerError('pack-missing', `${source} answers ${status}`, { given: source });
    if (bytes === undefined) break;
    return { bytes, ...(sha256 !== undefined && { sha256 }) };
  }
  throw new SceneMakerError('pack-missing', `${source} does not say how large its file is`, { given: source });
}

async function head(url: string, given: string): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      headers: { 'accept-encoding': 'identity' },
      signal: AbortSignal.timeout(ANSWER_MILLIS),
    });
  } catch (cause) {
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const reason = inner instanceof Error ? inner.message : String(inner);
    throw new SceneMakerError('pack-missing', `${url} cannot be reached: ${reason}`, { given, cause });
  }
}

function hashIn(headers: Headers): string | undefined {
  const linked = /^"?([0-9a-f]{64})"?$/.exec(headers.get('x-linked-etag') ?? '');
  if (linked !== null) return linked[1];
  const digest = /(?:^|[\s,])sha-256=:([A-Za-z0-9+/]{43}=):/.exec(headers.get('repr-digest') ?? '');
  return digest === null ? undefined : Buffer.from(digest[1], 'base64').toString('hex');
}

function sizeIn(headers: Headers, names: readonly string[]): number | undefined {
  const given = names.map((name) => headers.get(name)).find((value) => value !== null && /^\d+$/.test(value));
  return given == null ? undefined : Number(given);
}
