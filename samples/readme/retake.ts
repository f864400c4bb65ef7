/**
 * Takes the pictures of README.md anew, with the models that ship: `npm run pictures`. Needs Debian's chromium, or the
 * one that `SCENEMAKER_CHROMIUM` names.
 */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EMBEDDED_PACK, startServer } from '@scenemaker/runtime-server';
import sharp from 'sharp';
import { hasBrowser, launchBrowser } from '../../test/support/browser.js';

const here = fileURLToPath(new URL('.', import.meta.url));
/** The sample in the viewer's picture, as its start page calls it, and the object that is selected there. */
const SAMPLE = 'Table top';
const SELECTED = 1;
const MINUTES = 60_000;

if (!hasBrowser) process.exit(1);
await takeDemo();
await takeViewer();

/** What `npm run demo` shows last. */
async function takeDemo(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'scenemaker-pictures-'));
  const { status } = spawnSync('npx', ['scenemaker', 'demo', '--out', join(folder, 'out')], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
  await copyFile(join(folder, 'out/overview.jpg'), join(here, 'demo.jpg'));
  await rm(folder, { recursive: true });
}

/** The viewer with a settled scene. */
async function takeViewer(): Promise<void> {
  const server = await startServer({ port: 0, inference: { packDir: EMBEDDED_PACK } });
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1440, height: 860 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(20 * MINUTES);
  await page.goto(server.viewerUrl);
  await page.click(`.samples >> text=${SAMPLE}`);
  await page.waitForSelector('.workbench[data-phase=ready]');
  await page.click(`.objects li:nth-child(${SELECTED}) button`);
  await page.mouse.move(0, 0);
  // Drawn without a GPU, the outline of what is selected takes a while.
  await page.waitForTimeout(10_000);
  const picture = await page.screenshot();
  await sharp(picture).jpeg({ quality: 88, mozjpeg: true }).toFile(join(here, 'viewer.jpg'));
  await browser.close();
  await server.close();
}
