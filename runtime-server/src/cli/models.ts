/** `scenemaker models`: lists, fetches and checks the files of model packs. */
import { SceneMakerError } from '@scenemaker/sdk';
import { type ModelPack, readPack } from '../models/index.js';
import { type ListedFile, listFiles, planPull, pullFile } from '../models/pull/pull-pack.js';
import { EMBEDDED_PACK } from '../packs.js';
import { parseArguments, usageError } from './arguments.js';
import { createProgress } from './progress.js';
import { formatTable, numbers, words } from './table.js';

export const help = `scenemaker models list [PACK]
scenemaker models pull PACK [options]
scenemaker models verify [PACK]

PACK is the folder of a pack, with its manifest.json (the one that ships).

  list      what serves each stage, its files, their licences, and whether they are here
  pull      fetches what is not here, from the sources that the manifest names; goes on where it broke off
  verify    compares size and SHA-256 of every file with the manifest; status 2 when one differs

  --accept-license NAME   also fetches files under this licence, which may forbid some uses; may be repeated
  --dry-run               says what pull would fetch, and fetches nothing

Only pull uses the network. Everything else, serve and generate too, runs without.
`;

const ACTIONS = { list, pull, verify };

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    'accept-license': { type: 'string', multiple: true, default: [] },
    'dry-run': { type: 'boolean', default: false },
  });
  const [name, directory, surplus] = positionals;
  const allowed = Object.keys(ACTIONS);
  if (name === undefined || !Object.hasOwn(ACTIONS, name)) {
    throw usageError(`models takes ${allowed.join(', ')}, not ${name ?? 'nothing'}`, name, allowed);
  }
  if (surplus !== undefined) throw usageError(`models ${name} takes one pack, not also ${surplus}`, surplus);
  if (name === 'pull' && directory === undefined) throw usageError('models pull takes the folder of a pack');
  return ACTIONS[name as keyof typeof ACTIONS](await readPack(directory ?? EMBEDDED_PACK), {
    accepted: values['accept-license'],
    dryRun: values['dry-run'],
  });
}

interface PullChoices {
  accepted: string[];
  dryRun: boolean;
}

async function list(pack: ModelPack): Promise<number> {
  console.log(heading(pack));
  console.log(table(await listFiles(pack, false)));
  const { manifest } = pack;
  const remote = Object.entries(manifest.stages).filter(([, { files }]) => Object.keys(files).length === 0);
  for (const [stage, { backend }] of remote) console.log(`${stage} is served by ${backend}, without files here`);
  if (manifest.base !== undefined) console.log(`Other stages are those of the pack ${manifest.base}`);
  return 0;
}

async function verify(pack: ModelPack): Promise<number> {
  const listed = await listFiles(pack, true);
  console.log(heading(pack));
  console.log(table(listed));
  const wrong = listed.filter(({ state }) => state !== 'ok');
  if (wrong.length === 0) return 0;
  const missing = wrong.every(({ state }) => state === 'missing');
  const paths = wrong.map(({ file }) => file.path).join(', ');
  throw new SceneMakerError(
    missing ? 'pack-missing' : 'pack-corrupt',
    `${wrong.length} of ${listed.length} files are not as the manifest says: ${paths}`,
    { given: wrong.map(({ file, state }) => `${file.path}: ${state}`) },
  );
}

async function pull(pack: ModelPack, { accepted, dryRun }: PullChoices): Promise<number> {
  const listed = await listFiles(pack, true);
  console.log(heading(pack));
  console.log(table(listed));
  const wanted = planPull(listed, accepted);
  if (wanted.length === 0) {
    console.log('Every file is here');
    return 0;
  }
  const bytes = wanted.reduce((sum, { file }) => sum + file.bytes, 0);
  console.log(`${dryRun ? 'Would fetch' : 'Fetching'} ${wanted.length} files, ${formatBytes(bytes)}`);
  if (dryRun) return 0;
  const progress = createProgress(process.stderr);
  try {
    for (const one of wanted) {
      const { file } = one;
      // A file that two stages share is fetched once.
      if (wanted.find((other) => other.location === one.location) !== one) continue;
      await pullFile(one, pack, { onBytes: (here) => progress.update(file.path, (0.99 * here) / file.bytes) });
      progress.update(file.path, 1);
    }
  } finally {
    progress.end();
  }
  return 0;
}

function heading({ label, directory, manifest }: ModelPack): string {
  return `${label}, ${manifest.license}, in ${directory}`;
}

function table(listed: readonly ListedFile[]): string {
  return formatTable(listed, [
    words('stage', ({ stage }) => stage),
    words('backend', ({ backend }) => backend),
    words('file', ({ file }) => file.path),
    numbers('size', ({ file }) => formatBytes(file.bytes)),
    words('licence', ({ license }) => license),
    words('here', ({ state }) => state),
    words('source', ({ file }) => file.source ?? ''),
  ]);
}

function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
