/** A folder of pictures through the sample, and its page in a browser. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sharp from 'sharp';
import type { RunningServer } from '@scenemaker/runtime-server';
import { EXPORT_FORMATS } from '@scenemaker/sim-adapters';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complaintsOf, hasBrowser, launchBrowser } from '../support/browser.js';
import { type CommandResult, runProgram } from '../support/command.js';
import { startFakeServer } from '../support/server.js';

const PROGRAM = fileURLToPath(new URL('../../samples/physics-checked-export/export.ts', import.meta.url));
const MINUTES = 60_000;

describe('the checked export', { timeout: 3 * MINUTES }, () => {
  let folder: string;
  let server: RunningServer;
  let result: CommandResult;
  let page: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scenemaker-checked-'));
    server = await startFakeServer();
    const image = sharp({ create: { width: 640, height: 480, channels: 3, background: '#808890' } });
    await image.jpeg().toFile(join(folder, 'a & b.jpg'));
    await writeFile(join(folder, 'broken.png'), 'no picture');
    result = await runProgram(PROGRAM, [folder, join(folder, 'out'), server.url], folder);
    page = await readFile(join(folder, 'out/index.html'), 'utf8');
  }, 4 * MINUTES);
  afterAll(async () => {
    await server?.close();
    await rm(folder, { recursive: true });
  });

  it('says what became of every picture, and fails for one that is none', () => {
    expect(result.stdout).toMatch(/^a & b\.jpg: 4 objects, stable by havok 1\.3, stable by mujoco 3\.\d+\.\d+$/m);
    expect(result.stdout).toMatch(/^broken\.png: /m);
    expect(result).toMatchObject({ status: 1, stderr: '' });
  });

  it('has every format behind the links of its page', () => {
    const links = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link]) => decodeURIComponent(link ?? ''));
    expect(links.filter((link) => !existsSync(join(folder, 'out', link)))).toEqual([]);
    const formats = links.map((link) => dirname(link).split('/')[1]).filter((format) => format !== undefined);
    expect(formats.toSorted()).toEqual(EXPORT_FORMATS.toSorted());
  });

  it.skipIf(!hasBrowser)('shows the pictures and what was wrong', async () => {
    const browser = await launchBrowser();
    const tab = await browser.newPage();
    const complaints = complaintsOf(tab);
    await tab.goto(pathToFileURL(join(folder, 'out/index.html')).href);
    const widths = await tab.$$eval('img', (images) => images.map(({ naturalWidth }) => naturalWidth));
    expect(widths).toHaveLength(3);
    expect(Math.min(...widths)).toBeGreaterThan(100);
    expect(await tab.textContent('h1')).toBe('1 of 2 pictures became scenes');
    expect(await tab.locator('section').allTextContents()).toEqual([
      expect.stringMatching(/^\s*a & b\.jpg\s+stable by havok/),
      expect.stringContaining('broken.png'),
    ]);
    expect(complaints).toEqual([]);
    await browser.close();
  });
});
