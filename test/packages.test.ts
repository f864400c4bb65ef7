/**
 * The packages as they would be published: packed, installed into an empty project, used from there. What they depend
 * on, and nothing else, is linked to where it is installed already, which spares 400 MB and hundreds of requests.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readGlb, writeGlb } from '@scenemaker/sim-adapters';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleScene } from './support/example-scene.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = ['sdk', 'sim-adapters', 'runtime-server'];
const MINUTES = 60_000;
const exec = promisify(execFile);
const tool = (name: string): string => join(root, 'node_modules', '.bin', name);

interface Locked {
  resolved?: string;
  link?: true;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}
const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked | undefined>;
};
function dependenciesOf(name: string): string[] {
  const found = locked[`node_modules/${name}`];
  const { dependencies, optionalDependencies } = (found?.link ? locked[found.resolved ?? ''] : found) ?? {};
  return Object.keys({ ...dependencies, ...optionalDependencies });
}
/** All that installing a package installs, by the lock file. */
function broughtBy(name: string): string[] {
  const names = new Set([name]);
  for (const known of names) for (const other of dependenciesOf(known)) names.add(other);
  return [...names];
}

let place: string;
let project: string;
let tarballs: string[];
const run = async (file: string, ...args: string[]) => (await exec(file, args, { cwd: project })).stdout;
const write = (name: string, ...lines: string[]) => writeFile(join(project, name), lines.join('\n'));
const isInstalled = (name: string) => existsSync(join(project, 'node_modules', name));
const install = (...packages: string[]) =>
  run('npm', 'install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', ...packages);

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'scenemaker-packages-'));
  project = join(place, 'project');
  await mkdir(project);
  const needed = PACKAGES.flatMap((name) => dependenciesOf(`@scenemaker/${name}`));
  const others = needed.filter((name) => !name.startsWith('@scenemaker/'));
  const overrides = Object.fromEntries(others.map((name) => [name, `file:${join(root, 'node_modules', name)}`]));
  await write('package.json', JSON.stringify({ name: 'project', private: true, type: 'module', overrides }));
  await writeFile(join(project, 'scene.glb'), await writeGlb(exampleScene()));
  const workspaces = PACKAGES.flatMap((name) => ['-w', name]);
  await exec('npm', ['pack', '--pack-destination', place, ...workspaces], { cwd: root });
  const files = (await readdir(place)).filter((name) => name.endsWith('.tgz'));
  tarballs = PACKAGES.map((name) => join(place, files.find((file) => file.includes(`-${name}-`)) ?? ''));
  await install(tarballs[0], tarballs[1]);
}, 10 * MINUTES);
afterAll(() => rm(place, { recursive: true, force: true }));

describe('SDK and adapters in an empty project', { timeout: 3 * MINUTES }, () => {
  test('bring no engine, no inference and no server', () => {
    expect(isInstalled('@scenemaker/sdk') && isInstalled('@scenemaker/sim-adapters')).toBe(true);
    const unwanted = /^(@babylonjs|@mujoco|@dimforge|onnxruntime-|@scenemaker\/runtime-server)/;
    expect(broughtBy('@scenemaker/sim-adapters').filter((name) => unwanted.test(name))).toEqual([]);
    expect(['@babylonjs', 'onnxruntime-node'].filter(isInstalled)).toEqual([]);
  });

  test.each(PACKAGES.slice(0, 2))('%s has licence, page, types and maps to sources that are there', async (name) => {
    const folder = join(project, 'node_modules/@scenemaker', name);
    const files = await readdir(folder, { recursive: true });
    for (const file of ['LICENSE', 'README.md', 'dist/index.d.ts', 'src/index.ts']) expect(files).toContain(file);
    expect(files.filter((file) => /tsbuildinfo|\.test\./.test(file))).toEqual([]);
    const { exports } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      exports: Record<string, string | Record<string, string>>;
    };
    const paths = Object.values(exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    expect(paths.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
  });

  test('work from plain JavaScript, and say which engine is missing', async () => {
    await write(
      'use.js',
      `import { readFile } from 'node:fs/promises';`,
      `import { connect } from '@scenemaker/sdk';`,
      `import { indexScene, supportsOf } from '@scenemaker/sdk/queries';`,
      `import { renderScene } from '@scenemaker/sdk/render';`,
      `import { settleScene } from '@scenemaker/sdk/physics';`,
      `import { exportScene, readGlb } from '@scenemaker/sim-adapters';`,
      `import { createEnvironment } from '@scenemaker/sim-adapters/environments';`,
      `const scene = await readGlb(await readFile('scene.glb'));`,
      `const codeOf = (promise) => promise.then(() => 'none', ({ code }) => code);`,
      `console.log(JSON.stringify({`,
      `  supports: supportsOf(indexScene(scene)).get('object-3'),`,
      `  pixels: renderScene(scene, scene.cameras[0]).data.length,`,
      `  files: (await exportScene(scene, 'mjcf')).has('scene.xml'),`,
      `  connect: await codeOf(connect('ws://127.0.0.1:9')),`,
      `  settle: await codeOf(settleScene(scene)),`,
      `  havok: await codeOf(createEnvironment(scene)),`,
      `  mujoco: await codeOf(createEnvironment(scene, { engine: 'mujoco' })),`,
      `}));`,
    );
    expect(JSON.parse(await run(process.execPath, 'use.js'))).toEqual({
      supports: ['object-1'],
      pixels: 640 * 480 * 3,
      files: true,
      connect: 'connection-lost',
      settle: 'package-missing',
      havok: 'package-missing',
      mujoco: 'package-missing',
    });
  });

  test('work from TypeScript with NodeNext, all types of the client checked', async () => {
    await write(
      'use.ts',
      `import { connect, type GenerateRequest, type SceneDescription, SceneMakerError } from '@scenemaker/sdk';`,
      `import { whatIs, indexScene } from '@scenemaker/sdk/queries';`,
      `export async function make(request: GenerateRequest): Promise<SceneDescription> {`,
      `  const client = await connect('ws://127.0.0.1:8787');`,
      `  for await (const event of client.generate(request)) if (event.type === 'done') return event.scene;`,
      `  throw new SceneMakerError('internal', 'no scene');`,
      `}`,
      `export const left = (scene: SceneDescription): string[] => whatIs(indexScene(scene), 'left', 'mug').map(({ id }) => id);`,
      `// @ts-expect-error a relation that is none`,
      `export const wrong = (scene: SceneDescription) => whatIs(indexScene(scene), 'beyond', 'mug');`,
    );
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck', 'false'];
    expect(await run(tool('tsc'), ...options, '--types', '', '--lib', 'es2023,dom,dom.iterable', 'use.ts')).toBe('');
  });

  test('are bundled by Vite without any engine', async () => {
    await write('index.html', '<script type="module" src="./page.js"></script>');
    await write(
      'page.js',
      `import { connect } from '@scenemaker/sdk';`,
      `document.title = String((await connect('ws://127.0.0.1:8787')).limits.maxQueuedJobs);`,
    );
    await build({ root: project, logLevel: 'error', build: { outDir: 'built', target: 'es2022' } });
    const assets = join(project, 'built/assets');
    const names = await readdir(assets);
    const texts = await Promise.all(names.map((name) => readFile(join(assets, name), 'utf8')));
    expect(texts.join('')).toContain('scenemaker.v1');
    expect(texts.join('')).not.toMatch(/babylon|havok/i);
    expect(texts.join('').length).toBeLessThan(150_000);
  });
});

describe('the server in the same project', { timeout: 8 * MINUTES }, () => {
  beforeAll(() => install(tarballs[2]), 5 * MINUTES);

  test('brings its command, models, pages and viewer, and neither Babylon nor what only some use', async () => {
    const folder = join(project, 'node_modules/@scenemaker/runtime-server');
    const files = ['LICENSE', 'NOTICE', 'README.md', 'packs/embedded/manifest.json', 'docs/gpu.md'];
    const viewer = ['index.html', 'samples/table-breakfast.jpg'].map((file) => join('dist/viewer', file));
    expect([...files, ...viewer].filter((file) => !existsSync(join(folder, file)))).toEqual([]);
    const unwanted = /^(@babylonjs\/core|@mujoco|@dimforge|@huggingface|preact|vite|typescript)/;
    expect(broughtBy('@scenemaker/runtime-server').filter((name) => unwanted.test(name))).toEqual([]);
    expect(isInstalled('@babylonjs/core')).toBe(false);
  });

  test('serves the viewer from plain JavaScript', async () => {
    await write(
      'serve.js',
      `import { EMBEDDED_PACK, startServer } from '@scenemaker/runtime-server';`,
      `import { connect } from '@scenemaker/sdk';`,
      `const server = await startServer({ port: 0, inference: { packDir: EMBEDDED_PACK } });`,
      `const client = await connect(server.url);`,
      `const page = await (await fetch(server.viewerUrl)).text();`,
      `console.log(JSON.stringify({ pack: client.capabilities.pack, title: /<title>(.*)<\\/title>/.exec(page)?.[1] }));`,
      `client.close();`,
      `await server.close();`,
    );
    expect(JSON.parse(await run(process.execPath, 'serve.js'))).toEqual({
      pack: expect.stringMatching(/^embedded@/),
      title: 'SceneMaker',
    });
  });

  test('its demo makes a settled scene of the picture that comes with it', async () => {
    const said = await run(
      join(project, 'node_modules/.bin/scenemaker'),
      'demo',
      '--quality',
      'fast',
      '--max-objects',
      '1',
    );
    expect(said).toMatch(/The scene is (un)?stable \(havok/);
    expect(said).toContain('npm install @babylonjs/core');
    expect((await readGlb(await readFile(join(project, 'out/scene.glb')))).objects).toHaveLength(1);
  });
});
