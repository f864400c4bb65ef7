/** File systems that are full or read-only, where the machine lets the tests mount some. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mount = (folder: string, options: string): void => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
};
const unmount = (folder: string): void => {
  execFileSync('umount', [folder], { stdio: 'ignore' });
};

/** Says so where not, since tests are left out then. */
export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'scenemaker-'));
  try {
    mount(folder, 'size=64k');
    unmount(folder);
    return true;
  } catch {
    console.warn('Left out: tests with a full and a read-only disk, which only root of a Linux system can mount.');
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `options` as for tmpfs: `size=64k`, `ro`. */
export async function withDisk<T>(options: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'scenemaker-'));
  mount(folder, options);
  try {
    return await work(folder);
  } finally {
    unmount(folder);
    await rm(folder, { recursive: true });
  }
}
