/** The folder of all jobs of one server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SceneMakerError } from '@scenemaker/sdk';
import { JobFiles, type JobRecord } from './job-files.js';

const LOCK = 'lock';

export class JobFolder {
  readonly #path: string;
  readonly #temporary: boolean;

  private constructor(path: string, temporary: boolean) {
    this.#path = path;
    this.#temporary = temporary;
  }

  /**
   * Without a path: a new folder that goes when it is closed.
   * Errors: output-unwritable; folder-in-use while another process has it open.
   */
  static async open(path: string | undefined): Promise<JobFolder> {
    const folder = new JobFolder(path ?? mkdtempSync(join(tmpdir(), 'scenemaker-jobs-')), path === undefined);
    try {
      await mkdir(folder.#path, { recursive: true, mode: 0o700 });
      await lock(join(folder.#path, LOCK));
    } catch (cause) {
      if (cause instanceof SceneMakerError) throw cause;
      throw new SceneMakerError('output-unwritable', `jobs cannot be kept in ${folder.#path}`, {
        given: folder.#path,
        cause,
      });
    }
    return folder;
  }

  /** The jobs it holds, oldest first. A folder that is no readable job is reported and left where it is. */
  async load(onUnreadable: (folder: string, reason: unknown) => void): Promise<JobFiles[]> {
    const found: JobFiles[] = [];
    for (const entry of await readdir(this.#path, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const folder = join(this.#path, entry.name);
      // Begun, but its client was never told that it was accepted.
      if (entry.name.startsWith('.new-')) await rm(folder, { recursive: true, force: true });
      else
        await JobFiles.open(folder).then(
          (files) => found.push(files),
          (reason) => onUnreadable(folder, reason),
        );
    }
    return found.sort((a, b) => a.record.createdAt - b.record.createdAt);
  }

  create(record: JobRecord, request: Uint8Array): Promise<JobFiles> {
    // Ids may differ in case alone, which not every file system tells apart.
    return JobFiles.create(join(this.#path, Buffer.from(record.jobId).toString('hex')), record, request);
  }

  close(): void {
    held.delete(join(this.#path, LOCK));
    rmSync(this.#temporary ? this.#path : join(this.#path, LOCK), { recursive: true, force: true });
  }
}

/**
 * The lock names the process that holds it, and when that began, since ids are used again. One left by a
 * process that is gone does not count.
 */
async function lock(path: string): Promise<void> {
  const [holder = '', began = ''] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
  const alive = isAlive(Number(holder)) && (await startOf(holder)) === began;
  if (alive && (Number(holder) !== process.pid || held.has(path))) {
    throw new SceneMakerError('folder-in-use', `process ${holder} keeps its jobs in ${dirname(path)}`, {
      given: dirname(path),
    });
  }
  await writeFile(path, `${process.pid} ${await startOf(String(process.pid))}`);
  held.add(path);
}

/** The locks of this process. */
const held = new Set<string>();

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

/** Field 22 of Linux's /proc/PID/stat; the second, the name, may hold spaces. Empty on other systems. */
async function startOf(pid: string): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
