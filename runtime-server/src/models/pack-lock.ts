/**
 * `manifest.lock.json`, beside the manifest: sizes and SHA-256 that the first pull found of files for which the manifest
 * gives none. Whatever comes later must be the same (trust on first use).
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SceneMakerError } from '@scenemaker/sdk';
import * as v from 'valibot';
import { type PackFile, type PackManifest, type Pin, pinSchema } from './manifest.js';
import { pinOf } from './pack-file.js';

const LOCK_FORMAT = 1;

const lockSchema = v.object({
  format: v.literal(LOCK_FORMAT),
  /** By path, as in the manifest. What was recorded of one source says nothing of another. */
  files: v.record(v.string(), v.object({ source: v.string(), ...pinSchema.entries })),
});
export type PackLock = v.InferOutput<typeof lockSchema>;

const lockPath = (directory: string): string => join(directory, 'manifest.lock.json');

/** Undefined where there is none. Errors: pack-corrupt. */
export async function readLock(directory: string): Promise<PackLock | undefined> {
  const path = lockPath(directory);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new SceneMakerError('pack-corrupt', `${path} cannot be read`, { cause });
  });
  if (text === undefined) return undefined;
  try {
    return v.parse(lockSchema, JSON.parse(text));
  } catch (cause) {
    throw new SceneMakerError('pack-corrupt', `${path} is not what models pull writes`, { given: path, cause });
  }
}

/** The manifest with what was recorded for files that it gives no checksum for. */
export function pinned(manifest: PackManifest, lock: PackLock | undefined): PackManifest {
  const pin = (file: PackFile): PackFile => {
    const recorded = lock?.files[file.path];
    if (pinOf(file) !== undefined || recorded === undefined || recorded.source !== file.source) return file;
    return { ...file, bytes: recorded.bytes, sha256: recorded.sha256 };
  };
  const stages = Object.entries(manifest.stages).map(([name, stage]) => {
    const files = Object.entries(stage.files).map(([role, file]) => [role, pin(file)] as const);
    return [name, { ...stage, files: Object.fromEntries(files) }] as const;
  });
  return { ...manifest, stages: Object.fromEntries(stages) };
}

/** Errors: output-unwritable. */
export async function recordPull(directory: string, path: string, source: string, pin: Pin): Promise<void> {
  const { files = {} } = (await readLock(directory)) ?? {};
  const lock: PackLock = { format: LOCK_FORMAT, files: { ...files, [path]: { source, ...pin } } };
  const target = lockPath(directory);
  try {
    await writeFile(`${target}.part`, `${JSON.stringify(lock, null, 2)}\n`);
    await rename(`${target}.part`, target);
  } catch (cause) {
    throw new SceneMakerError('output-unwritable', `${target} cannot be written`, { given: target, cause });
  }
}
