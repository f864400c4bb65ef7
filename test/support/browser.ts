/** A browser for tests: Debian's chromium, or the one that `SCENEMAKER_CHROMIUM` names. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';

const executablePath = [process.env['SCENEMAKER_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);

export const hasBrowser = executablePath !== undefined;
if (!hasBrowser)
  console.warn('Tests in the browser are left out: there is no chromium. SCENEMAKER_CHROMIUM names one.');

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  // WebGL without a GPU.
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  // A camera that shows a test picture, and may be used.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ args: ARGUMENTS, ...(executablePath !== undefined && { executablePath }) });

/** Builds the viewer into the folder. */
export async function buildViewer(outDir: string): Promise<void> {
  const configFile = fileURLToPath(new URL('../../runtime-server/viewer/vite.config.ts', import.meta.url));
  await build({ configFile, logLevel: 'error', mode: 'production', build: { outDir } });
}

/** What a page complains of, on the console or by an exception, as long as it lives. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}
