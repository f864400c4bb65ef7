/** A folder of results that appears whole or not at all. */
import { lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SceneMakerError } from '@scenemaker/sdk';

export interface OutputFolder {
  /** Where the files will lie. */
  readonly path: string;
  write(name: string, content: Uint8Array | string): Promise<void>;
  /** Moves everything into place; files of the same names are replaced, others stay. */
  commit(): Promise<void>;
  /** Removes what was written and not committed. */
  discard(): Promise<void>;
}

/**
 * Makes sure, before any work is done, that results can be written to `folder`. They are gathered in a
 * hidden folder beside it, so that moving them is a rename. Errors: output-unwritable.
 */
export async function openOutputFolder(folder: string): Promise<OutputFolder> {
  const path = resolve(folder);
  const partial = join(dirname(path), `.${basename(path)}.partial-${process.pid}`);
  const unwritable = (cause: unknown): never => {
    throw new SceneMakerError('output-unwritable', `${folder} cannot be written: ${reasonOf(cause)}`, {
      given: folder,
      cause,
    });
  };
  const existing = await lstat(path).catch(() => null);
  if (existing && !existing.isDirectory() && !existing.isSymbolicLink()) unwritable(new Error('it is not a folder'));
  await rm(partial, { recursive: true, force: true }).catch(unwritable);
  await mkdir(partial, { recursive: true }).catch(unwritable);
  return {
    path,
    write: (name, content) => writeFile(join(partial, name), content).catch(unwritable),
    async commit() {
      try {
        await mkdir(path, { recursive: true });
        for (const name of await readdir(partial)) await rename(join(partial, name), join(path, name));
        await rm(partial, { recursive: true });
      } catch (cause) {
        unwritable(cause);
      }
    },
    discard: () => rm(partial, { recursive: true, force: true }),
  };
}

const REASONS: Partial<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a file is in the way',
};

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
