import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Tests run from TypeScript: the export condition leads every package import to its source.
const conditions = ['@scenemaker/source', 'node', 'import', 'default'];

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    // onnxruntime-node does not work in the VM pools.
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
