import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openOutputFolder } from '../../../runtime-server/src/cli/output-folder.js';

let place: string;
beforeEach(async () => (place = await mkdtemp(join(tmpdir(), 'scenemaker-'))));
afterEach(() => rm(place, { recursive: true }));

test('nothing is seen before everything is there', async () => {
  const folder = await openOutputFolder(join(place, 'deep/out'));
  await folder.write('a.txt', 'one');
  await expect(readdir(join(place, 'deep/out'))).rejects.toMatchObject({ code: 'ENOENT' });
  await folder.commit();
  await folder.discard();
  expect(await readFile(join(place, 'deep/out/a.txt'), 'utf8')).toBe('one');
  expect(await readdir(join(place, 'deep'))).toEqual(['out']);
});

test('files of the same names are replaced and others stay', async () => {
  await mkdir(join(place, 'out'));
  await writeFile(join(place, 'out/a.txt'), 'old');
  await writeFile(join(place, 'out/mine.txt'), 'mine');
  const folder = await openOutputFolder(join(place, 'out'));
  await folder.write('a.txt', 'new');
  await folder.commit();
  expect(await readFile(join(place, 'out/a.txt'), 'utf8')).toBe('new');
  expect((await readdir(join(place, 'out'))).sort()).toEqual(['a.txt', 'mine.txt']);
});

test('what is discarded leaves nothing behind', async () => {
  const folder = await openOutputFolder(join(place, 'out'));
  await folder.write('a.txt', 'one');
  await folder.discard();
  expect(await readdir(place)).toEqual([]);
});

test('a file in the way is refused at once', async () => {
  await writeFile(join(place, 'out'), 'a file');
  await expect(openOutputFolder(join(place, 'out'))).rejects.toMatchObject({ code: 'output-unwritable' });
  await expect(openOutputFolder(join(place, 'out/below'))).rejects.toMatchObject({ code: 'output-unwritable' });
});

test.skipIf(process.platform !== 'linux')('a file system that has no new folders is refused at once', async () => {
  await expect(openOutputFolder('/proc/scenemaker/out')).rejects.toMatchObject({ code: 'output-unwritable' });
});

test.skipIf(process.platform === 'win32')('a folder that may not be written is refused at once', async () => {
  await chmod(place, 0o555);
  // Root may write anywhere; nobody may not.
  const root = process.getuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    await expect(openOutputFolder(join(place, 'out'))).rejects.toMatchObject({
      code: 'output-unwritable',
      message: expect.stringContaining('permission denied'),
    });
  } finally {
    if (root) process.seteuid?.(0);
    await chmod(place, 0o700);
  }
  expect(await readdir(place)).toEqual([]);
});
