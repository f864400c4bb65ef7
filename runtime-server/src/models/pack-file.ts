/** Whether a file of a pack is what its manifest says. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { SceneMakerError } from '@scenemaker/sdk';
import type { PackFile, Pin } from './manifest.js';

type Expected = Pick<PackFile, 'bytes' | 'sha256'>;

/** What is known of a file; undefined where neither the manifest nor a first pull said. */
export function pinOf({ bytes, sha256 }: Expected): Pin | undefined {
  return bytes === undefined || sha256 === undefined ? undefined : { bytes, sha256 };
}

export type FileState =
  | { state: 'ok' }
  | { state: 'unpinned' }
  | { state: 'missing'; cause: unknown }
  | { state: 'wrong-size'; bytes: number }
  | { state: 'changed'; sha256: string };

/** Compares the size alone, which is quick. */
export async function checkFileSize(location: string, expected: Expected): Promise<FileState> {
  if (pinOf(expected) === undefined) return { state: 'unpinned' };
  try {
    const status = await stat(location);
    if (!status.isFile()) throw new Error('not a file');
    return status.size === expected.bytes ? { state: 'ok' } : { state: 'wrong-size', bytes: status.size };
  } catch (cause) {
    return { state: 'missing', cause };
  }
}

/** Compares size and SHA-256. */
export async function checkFile(location: string, expected: Expected): Promise<FileState> {
  const size = await checkFileSize(location, expected);
  if (size.state !== 'ok') return size;
  const sha256 = await hashFile(location);
  return sha256 === expected.sha256 ? size : { state: 'changed', sha256 };
}

/** Errors: pack-missing, pack-corrupt. */
export async function verifyFile(location: string, expected: Expected): Promise<void> {
  const found = await checkFile(location, expected);
  switch (found.state) {
    case 'ok':
      return;
    case 'missing':
      throw missing(location, found.cause);
    case 'unpinned':
      throw new SceneMakerError(
        'pack-missing',
        `${location} has no SHA-256 in the manifest, and scenemaker models pull has not recorded one`,
        { given: location },
      );
    case 'wrong-size':
      throw new SceneMakerError(
        'pack-corrupt',
        `${location} has ${found.bytes} bytes, the manifest says ${expected.bytes}`,
        { given: found.bytes, allowed: expected.bytes },
      );
    case 'changed':
      throw new SceneMakerError(
        'pack-corrupt',
        `${location} has SHA-256 ${found.sha256}, the manifest says ${expected.sha256}`,
        { given: found.sha256, allowed: expected.sha256 },
      );
  }
}

export async function hashFile(location: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(location)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

export function missing(location: string, cause: unknown): SceneMakerError {
  return new SceneMakerError('pack-missing', `${location} does not exist or cannot be read`, {
    given: location,
    cause,
  });
}
