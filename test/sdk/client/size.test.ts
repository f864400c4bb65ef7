import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

test('the client alone takes less than 20 KB in a browser, gzipped, and nothing of Babylon', async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export { connect } from '@scenemaker/sdk';`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    conditions: ['@scenemaker/source'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    // Node's WebSocket, where there is no global one.
    external: ['ws'],
    metafile: true,
    write: false,
  });
  expect(gzipSync(outputFiles[0]?.contents ?? '').length).toBeLessThan(20_000);
  expect(Object.keys(metafile.inputs).filter((path) => path.includes('babylon'))).toEqual([]);
});
