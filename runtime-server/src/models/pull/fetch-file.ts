/**
 * Brings one file of a pack here: from its source into `<path>.part`, which a later call goes on with where this one
 * broke off; then its size and SHA-256 are checked; then it takes its place in one step.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { isSceneMakerError, SceneMakerError } from '@scenemaker/sdk';
import { checkFile, hashFile, missing, verifyFile } from '../pack-file.js';
import { isUrl, type SourceDescription } from './describe-source.js';

export interface FetchOptions {
  /** Told how many bytes of the file are here. */
  onBytes?: (bytes: number) => void;
  /** How often a broken transfer is gone on with before giving up. */
  attempts?: number;
  /** Before the second attempt; doubled before each further one. */
  waitMillis?: number;
}

/**
 * Gives the SHA-256 of the file that is now at `target`. Where none is expected, nothing tells whether what is here
 * already is the beginning of the same file, so that a broken transfer starts anew.
 *
 * @param source An http or https URL, or a path.
 * Errors: pack-missing when the source has no such file or cannot be reached; pack-corrupt when it is another file.
 */
export async function fetchFile(
  source: string,
  target: string,
  expected: SourceDescription,
  { onBytes, attempts = 4, waitMillis = 1000 }: FetchOptions = {},
): Promise<string> {
  const part = `${target}.part`;
  await mkdir(dirname(target), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const resumedFrom = expected.sha256 === undefined ? await noPart(part) : await usablePart(part, expected.bytes);
    try {
      if (resumedFrom < expected.bytes) {
        if (isUrl(source)) await download(source, part, resumedFrom, expected, onBytes);
        else await copy(source, part, resumedFrom, expected, onBytes);
      }
      const { sha256 = await hashFile(part) } = expected;
      await verifyFile(part, { ...expected, sha256 });
      await rename(part, target);
      return sha256;
    } catch (thrown) {
      const complete = (await checkFile(part, expected)).state === 'changed';
      // A whole but wrong file is of no use. Its beginning may have been of an older version, so that is tried anew.
      if (complete) await rm(part, { force: true });
      const retry = thrown instanceof Interrupted || (complete && resumedFrom > 0);
      if (!retry || attempt >= attempts) throw asPackError(thrown, source);
      await wait(waitMillis * 2 ** (attempt - 1));
    }
  }
}

/** A transfer that may be gone on with. */
class Interrupted extends Error {}

/** How much of the file is here already; more than all of it is thrown away. */
async function usablePart(part: string, bytes: number): Promise<number> {
  const size = await stat(part).then(
    (status) => status.size,
    () => 0,
  );
  if (size <= bytes) return size;
  await rm(part);
  return 0;
}

async function noPart(part: string): Promise<number> {
  await rm(part, { force: true });
  return 0;
}

async function download(
  url: string,
  part: string,
  from: number,
  expected: SourceDescription,
  onBytes?: (bytes: number) => void,
): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, from > 0 ? { headers: { range: `bytes=${from}-` } } : {});
  } catch (cause) {
    throw new Interrupted(`${url} cannot be reached: ${reasonOf(cause)}`, { cause });
  }
  const { status, statusText, body } = response;
  const resumes = status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${from}-`) === true;
  if (from > 0 && !resumes && (status === 206 || status === 416)) {
    await body?.cancel();
    await rm(part);
    throw new Interrupted(`${url} does not go on at byte ${from}`);
  }
  if (status >= 500 || status === 429) {
    await body?.cancel();
    throw new Interrupted(`${url} answers ${status} ${statusText}`);
  }
  if (!response.ok || body === null) {
    await body?.cancel();
    throw new SceneMakerError('pack-missing', `${url} answers ${status} ${statusText}`, { given: url });
  }
  const start = resumes ? from : 0;
  await save(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), part, start, expected, url, onBytes);
}

async function copy(
  path: string,
  part: string,
  from: number,
  expected: SourceDescription,
  onBytes?: (bytes: number) => void,
): Promise<void> {
  const status = await stat(path).catch((cause: unknown) => {
    throw missing(path, cause);
  });
  if (status.size !== expected.bytes) throw anotherSize(path, status.size, expected);
  await save(createReadStream(path, { start: from }), part, from, expected, path, onBytes);
}

async function save(
  stream: Readable,
  part: string,
  start: number,
  expected: SourceDescription,
  source: string,
  onBytes?: (bytes: number) => void,
): Promise<void> {
  let bytes = start;
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes > expected.bytes) return done(anotherSize(source, `more than ${expected.bytes}`, expected));
      onBytes?.(bytes);
      done(null, chunk);
    },
  });
  try {
    await pipeline(stream, count, createWriteStream(part, { flags: start > 0 ? 'a' : 'w' }));
  } catch (cause) {
    if (isSceneMakerError(cause)) {
      await rm(part, { force: true });
      throw cause;
    }
    if (isFileSystemError(cause)) {
      throw new SceneMakerError('output-unwritable', `${part} cannot be written: ${reasonOf(cause)}`, { cause });
    }
    throw new Interrupted(`${source} broke off after ${bytes} of ${expected.bytes} bytes`, { cause });
  }
  if (bytes < expected.bytes) {
    throw new Interrupted(`${source} ended after ${bytes} of ${expected.bytes} bytes`);
  }
}

function anotherSize(source: string, given: number | string, { bytes }: SourceDescription): SceneMakerError {
  return new SceneMakerError('pack-corrupt', `${source} has ${given} bytes, the manifest says ${bytes}`, {
    given,
    allowed: bytes,
  });
}

function asPackError(thrown: unknown, source: string): unknown {
  if (!(thrown instanceof Interrupted)) return thrown;
  return new SceneMakerError('pack-missing', thrown.message, { given: source, cause: thrown });
}

const isFileSystemError = (thrown: unknown): boolean =>
  thrown instanceof Error && 'syscall' in thrown && ['open', 'write'].includes(String(thrown.syscall));

/** `fetch` says why in the cause of what it throws. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? thrown.cause.message : thrown.message;
}
