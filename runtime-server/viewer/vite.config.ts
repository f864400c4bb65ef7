import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig } from 'vite';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: folder('.'),
  base: './',
  // From TypeScript, so that nothing needs to be built first.
  resolve: {
    conditions: ['@scenemaker/source', ...defaultClientConditions],
    alias: [{ find: /^node:.*/, replacement: folder('src/no-node.ts') }],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: folder('../dist/viewer'),
    emptyOutDir: true,
    target: 'es2022',
    // Everything is a file of its own, so that the content security policy needs no exception for inlined data.
    assetsInlineLimit: 0,
    rolldownOptions: {
      // How long each took is of interest to their authors.
      checks: { pluginTimings: false },
      output: {
        // Under their own names, since `scenemaker demo` takes its pictures from here where there is no repository.
        assetFileNames: ({ originalFileNames: [name = ''] }) =>
          name.includes('samples/pictures/') ? 'samples/[name][extname]' : 'assets/[name]-[hash][extname]',
      },
    },
    chunkSizeWarningLimit: 1500,
  },
});
