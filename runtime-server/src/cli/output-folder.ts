/** A folder of results that appears whole or not at all. */
import { lstat, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SceneMakerError } from '@scenemaker/sdk';

export interface OutputFolder {
  /** Where the files will lie. */
  readonly path: string;
  /** `name` may lead into folders below, with forward slashes. */
  write(name: string, content: Uint8Array | string): Promise<void>;
  /** Moves everything into place; files of the same names are replaced, others stay. */
  commit(): Promise<void>;
  /** Removes what was written and not committed. */
  discard(): Promise<void>;
}

export interface OutputFolderOptions {
  /** A folder that holds something already is refused. Absent: no. */
  mustBeEmpty?: boolean;
}

/**
 * Makes sure, before any work is done, that results can be written to `folder`. They are gathered in a
 * hidden folder beside it, so that moving them is a rename. Errors: output-unwritable.
 */
export async function openOutputFolder(folder: string, options: OutputFolderOptions = {}): Promise<OutputFolder> {
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
  if (options.mustBeEmpty && existing && (await readdir(path).catch(unwritable)).length > 0) {
    unwritable(new Error('it is not empty; --force writes into it, replacing files of the same names'));
  }
  await rm(partial, { recursive: true, force: true }).catch(unwritable);
  await makeFolder(partial).catch(unwritable);
  return {
    path,
    async write(name, content) {
      const file = join(partial, name);
      await mkdir(dirname(file), { recursive: true }).catch(unwritable);
      await writeFile(file, content).catch(unwritable);
    },
    commit: () => moveInto(partial, path).catch(unwritable),
    discard: () => rm(partial, { recursive: true, force: true }),
  };
}

/**
 * A folder and those above it. Node's own `recursive` never ends where a file system has no new folders and calls
 * that ENOENT, as /proc does.
 */
async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path).catch((cause: NodeJS.ErrnoException) => cause);
  if (made?.code !== 'ENOENT' || dirname(path) === path) {
    if (made) throw made;
    return;
  }
  const above = dirname(path);
  if (!(await stat(above).catch(() => null))) await makeFolder(above);
  await mkdir(path);
}

/** A rename where nothing is in the way, else file by file. */
async function moveInto(from: string, to: string): Promise<void> {
  if (await stat(to).catch(() => null)) {
    for (const entry of await readdir(from, { withFileTypes: true })) {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      await (entry.isDirectory() ? moveInto(source, target) : rename(source, target));
    }
    await rm(from, { recursive: true });
  } else {
    await rename(from, to);
  }
}

const REASONS: Partial<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a file is in the way',
  EISDIR: 'a folder is in the way',
};

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
