import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runHere, scenemaker } from '../../support/command.js';

describe('the command itself', () => {
  test('--help names every command', async () => {
    const { status, stdout, stderr } = await scenemaker('--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const name of ['demo', 'generate', 'serve']) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  });

  test('a command explains itself and does nothing else', async () => {
    const { status, stdout } = await runHere('serve', '--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(/--port/);
  });

  test.each([
    ['an unknown command', ['paint'], /there is no command paint; there are demo, generate, .*serve/],
    ['an unknown option', ['serve', '--prot', '1'], /Unknown option '--prot'/],
    ['a port that is none', ['serve', '--port', '80.5'], /--port .* 80\.5/],
  ])('%s: status 2', async (_, args, message) => {
    const { status, stdout, stderr } = await runHere(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^scenemaker: .* \[bad-request\]\n$/);
  });
});

describe('bad input is one line with a code, status 2, and leaves nothing behind', () => {
  let folder: string;
  let holder: Server;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scenemaker-'));
    const picture = sharp(Buffer.from(Uint8Array.from({ length: 30_000 }, (_, i) => (i * 7919) & 255)), {
      raw: { width: 100, height: 100, channels: 3 },
    });
    const png = await picture.png().toBuffer();
    await Promise.all([
      writeFile(join(folder, 'good.png'), png),
      writeFile(join(folder, 'empty.png'), ''),
      writeFile(join(folder, 'text.png'), 'this is not a picture'),
      writeFile(join(folder, 'truncated.png'), png.subarray(0, Math.floor(png.length / 2))),
      writeFile(join(folder, 'large.png'), claiming(png, 9000, 9000)),
      sharp([png, await picture.clone().negate().png().toBuffer()], { join: { animated: true } })
        .webp()
        .toFile(join(folder, 'animated.webp')),
    ]);
    holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    holder.close();
    await rm(folder, { recursive: true });
  });

  async function expectRefusal(code: string, args: string[], run = runHere): Promise<void> {
    const { status, stdout, stderr } = await run(...args);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^scenemaker: .+ \\[${code}\\]$`));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).not.toMatch(/^ +at /m);
  }

  test.each([
    ['missing.png', 'input-missing'],
    ['empty.png', 'input-empty'],
    ['text.png', 'image-unreadable'],
    ['truncated.png', 'image-truncated'],
    ['large.png', 'image-too-large'],
    ['animated.webp', 'image-animated'],
  ])('%s: %s', async (name, code) => {
    const before = await readdir(folder);
    await expectRefusal(code, ['generate', join(folder, name), '--out', join(folder, 'out')]);
    expect(await readdir(folder)).toEqual(before);
  });

  test('a pack that is not there: pack-missing', async () => {
    const out = join(folder, 'out');
    await expectRefusal(
      'pack-missing',
      ['generate', join(folder, 'good.png'), '--out', out, '--pack', join(folder, 'no-pack')],
      scenemaker,
    );
    expect(existsSync(out)).toBe(false);
  });

  test('a pack whose manifest is damaged: pack-corrupt', async () => {
    await mkdir(join(folder, 'pack'));
    await writeFile(join(folder, 'pack', 'manifest.json'), '{"name": ');
    await expectRefusal('pack-corrupt', ['serve', '--port', '0', '--pack', join(folder, 'pack')], scenemaker);
  });

  test('a port in use: port-in-use', async () => {
    const { port } = holder.address() as AddressInfo;
    await expectRefusal('port-in-use', ['serve', '--port', String(port)]);
  });

  test('a folder that cannot be written: output-unwritable', async () => {
    await expectRefusal('output-unwritable', ['generate', join(folder, 'good.png'), '--out', join(folder, 'good.png')]);
  });
});

/** The same PNG with another size in its header. */
function claiming(png: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(png);
  changed.writeUInt32BE(width, 16);
  changed.writeUInt32BE(height, 20);
  changed.writeUInt32BE(crc32(changed.subarray(12, 29)), 29);
  return changed;
}
