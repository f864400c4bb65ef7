import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { readGlb } from '@scenemaker/sim-adapters';
import { run as generate } from '../../../runtime-server/src/cli/generate.js';
import { RESULT_FILES } from '../../../runtime-server/src/cli/results.js';
import type { RunningServer } from '../../../runtime-server/src/server/server.js';
import { scenemaker } from '../../support/command.js';
import { seedOf } from '../../support/fake-behaviours.js';
import { startFakeServer } from '../../support/server.js';

let server: RunningServer;
let place: string;
/** What went to standard output. */
let printed: string[];
beforeAll(async () => (server = await startFakeServer()));
afterAll(() => server.close());
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'scenemaker-'));
  const image = sharp({ create: { width: 640, height: 480, channels: 3, background: '#808890' } });
  await image.jpeg().toFile(join(place, 'picture.jpg'));
  printed = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(place, { recursive: true });
});

const run = (image: string, ...more: string[]) =>
  generate([join(place, image), '--out', join(place, 'out'), '--server', server.url, ...more]);

test('a picture becomes a folder of results, the same ones every time', { timeout: 120_000 }, async () => {
  await run('picture.jpg');
  expect((await readdir(join(place, 'out'))).sort()).toEqual(Object.keys(RESULT_FILES).sort());
  const scene = await readGlb(await readFile(join(place, 'out/scene.glb')));
  expect(scene.objects).toHaveLength(4);
  expect(scene.physics?.objects).toHaveLength(4);
  const report = JSON.parse(await readFile(join(place, 'out/report.json'), 'utf8')) as Record<string, unknown>;
  expect(report).toMatchObject({
    picture: 'picture.jpg',
    physics: { verdict: scene.physics?.verdict },
    warnings: ['object-9 was left out'],
  });
  expect(await sharp(join(place, 'out/input-masks.png')).metadata()).toMatchObject({ width: 640, height: 480 });
  expect(printed.join('')).toMatch(/3 tin can +1 box/);
  expect(printed.join('')).toContain('Babylon.js builds it with 4 bodies');

  const files = ['scene-camera.png', 'scene-side.png', 'deocclusion.png'];
  const read = async () => Promise.all(files.map((name) => readFile(join(place, 'out', name))));
  const first = await read();
  await run('picture.jpg');
  expect(await read()).toEqual(first);
});

test(
  'only the files that are asked for are written, and what is given reaches the models',
  { timeout: 120_000 },
  async () => {
    await run('picture.jpg', '--outputs', 'report.json, scene.glb', '--object', 'words=mug', '--priority', 'high');
    expect((await readdir(join(place, 'out'))).sort()).toEqual(['report.json', 'scene.glb']);
    const { provenance } = await readGlb(await readFile(join(place, 'out/scene.glb')));
    expect(provenance.options['hinted']).toBe(1);
  },
);

test.each([
  ['missing.jpg', null, 'input-missing'],
  ['empty.jpg', '', 'input-empty'],
  ['words.jpg', 'not a picture', 'image-unreadable'],
])('%s is refused and leaves nothing behind', async (name, content, code) => {
  if (content !== null) await writeFile(join(place, name), content);
  const before = await readdir(place);
  await expect(run(name)).rejects.toMatchObject({ code });
  expect(await readdir(place)).toEqual(before);
});

test('a job that fails leaves nothing behind', async () => {
  const before = await readdir(place);
  await expect(run('picture.jpg', '--seed', String(seedOf('refuse')))).rejects.toMatchObject({ code: 'depth-invalid' });
  expect(await readdir(place)).toEqual(before);
});

test('a server that is not there is said to be lost', async () => {
  const args = [join(place, 'picture.jpg'), '--out', join(place, 'out'), '--server', 'ws://127.0.0.1:9'];
  await expect(generate(args)).rejects.toMatchObject({ code: 'connection-lost' });
});

test('models that do not fit into --vram are refused by name, with both figures', async () => {
  const picture = join(place, 'picture.jpg');
  const { status, stderr } = await scenemaker('generate', picture, '--out', join(place, 'out'), '--vram', '0.001');
  expect(status).toBe(2);
  expect(stderr).toMatch(/the stage \w+ takes \d\.\d\d GiB, which is more than the 0\.00 GiB allowed \[bad-request\]/);
  expect(await readdir(place)).toEqual(['picture.jpg']);
}, 120_000);

test('arguments are checked before anything else', async () => {
  await expect(generate([])).rejects.toMatchObject({ code: 'bad-request' });
  await expect(generate(['a.jpg'])).rejects.toMatchObject({ code: 'bad-request' });
  await expect(run('picture.jpg', '--quality', 'great')).rejects.toMatchObject({ code: 'bad-request' });
  await expect(run('picture.jpg', '--textures', '300')).rejects.toMatchObject({ code: 'bad-request' });
  await expect(run('picture.jpg', '--outputs', 'scene.gltf')).rejects.toMatchObject({ code: 'bad-request' });
  await expect(run('picture.jpg', '--priority', 'urgent')).rejects.toMatchObject({ code: 'bad-request' });
  await expect(run('picture.jpg', '--depth', 'gone.png')).rejects.toMatchObject({ code: 'input-missing' });
});
