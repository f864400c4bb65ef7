/** Pictures that no stage can work with, through the models that ship, in a server and an inference process of their own. */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type SceneMakerClient } from '@scenemaker/sdk';
import { spawnScenemaker } from '../../support/command.js';

const SAMPLE = new URL('../../../samples/pictures/desk.jpg', import.meta.url);
const options = { quality: 'fast', maxObjects: 1, textureSize: 0 } as const;

let command: ChildProcess;
let client: SceneMakerClient;

beforeAll(async () => {
  const args = ['serve', '--port', '0', '--ephemeral', '--device', 'cpu', '--threads', '1', '--log', 'error'];
  const spawned = spawnScenemaker(...args);
  command = spawned;
  const [line] = (await once(createInterface({ input: spawned.stdout }), 'line')) as [string];
  client = await connect(/ws:\S+/.exec(line)?.[0] ?? '');
}, 120_000);
afterAll(() => {
  client.close();
  command.kill('SIGINT');
});

/** Its chunks are whole, and its header says what a sound picture's says; what its pixels are packed in is noise. */
async function poisoned(): Promise<Uint8Array> {
  const grey = sharp({ create: { width: 200, height: 150, channels: 3, background: '#888888' } });
  const picture = await grey.png({ compressionLevel: 0 }).toBuffer();
  const data = picture.indexOf('IDAT') + 4;
  const end = data + picture.readUInt32BE(data - 8);
  return Uint8Array.from(picture, (byte, i) => (i >= data && i < end ? (i * 31) & 255 : byte));
}

test('fail alone: jobs before and after them are finished', { timeout: 120_000 }, async () => {
  const sound = { picture: new Uint8Array(await readFile(SAMPLE)), options };
  const before = client.generate(sound);
  const bad = client.generate({ picture: await poisoned(), options });
  const after = client.generate({ ...sound, options: { ...options, seed: 2 } });
  await expect(bad.result).rejects.toMatchObject({ code: 'image-unreadable' });
  for (const job of [before, after]) await expect(job.result).resolves.toMatchObject({ objects: [{}] });
});
