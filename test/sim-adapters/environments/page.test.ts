import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { boxMesh, cylinderMesh } from '@scenemaker/sdk/geometry';
import { settleScene } from '@scenemaker/sdk/physics';
import { writeGlb } from '@scenemaker/sim-adapters';
import { sceneOf } from '../../support/settle-scenes.js';

vi.setConfig({ testTimeout: 120_000 });

const PAGE = fileURLToPath(new URL('../../../sim-adapters/ENVIRONMENTS.md', import.meta.url));
/** Within the project, where the packages are found. */
const OUT = fileURLToPath(new URL('../../out/', import.meta.url));

test('the program on the page of environments does what it says', async () => {
  const [, program] = /```ts\n(.*?)```/s.exec(await readFile(PAGE, 'utf8')) ?? [];
  const scene = await settleScene(
    sceneOf({
      book: { mesh: boxMesh(0.1, 0.015, 0.14), at: [0, 0.015, 0], label: 'book' },
      mug: { mesh: cylinderMesh(0.03, 0.05), at: [0.02, 0.08, 0], label: 'mug' },
      box: { mesh: boxMesh(0.05, 0.05, 0.05), at: [0.25, 0.05, 0], label: 'box' },
    }),
  );
  await mkdir(OUT, { recursive: true });
  const folder = await mkdtemp(join(OUT, 'page-'));
  try {
    await writeFile(join(folder, 'program.ts'), program);
    await writeFile(join(folder, 'scene.glb'), await writeGlb(scene));
    const args = ['--import', 'tsx', '--conditions=@scenemaker/source', 'program.ts'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toBe('pixels 307200 things in sight 3');
    expect(lines[1]).toMatch(/^mug is held 0\.0\d\d m wide and goes to/);
    expect(stdout).toMatch(/\[ 'book', 'mug', 'box' \]\s*$/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
