/** `scenemaker models`: lists, fetches and checks the files of model packs. */
import { SceneMakerError } from '@scenemaker/sdk';
import { type ModelPack, readPack } from '../models/index.js';
import {
  describeFiles,
  type ListedFile,
  listFiles,
  planPull,
  type PlannedFile,
  pullFile,
} from '../models/pull/pull-pack.js';
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
  --trust-on-first-use    also fetches files for which the manifest gives no SHA-256; what comes is recorded in
                          manifest.lock.json beside it, and from then on nothing else is taken
  --dry-run               says what pull would fetch, and fetches nothing

Only pull uses the network. Everything else, serve and generate too, runs without.
`;

const ACTIONS = { list, pull, verify };

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    'accept-license': { type: 'string', multiple: true, default: [] },
    'trust-on-first-use': { type: 'boolean', default: false },
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
    trusting: values['trust-on-first-use'],
    dryRun: values['dry-run'],
  });
}

interface PullChoices {
  accepted: string[];
  trusting: boolean;
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

async function pull(pack: ModelPack, { accepted, trusting, dryRun }: PullChoices): Promise<number> {
  const listed = await listFiles(pack, true);
  console.log(heading(pack));
  console.log(table(listed));
  const wanted = planPull(listed, accepted);
  if (wanted.length === 0) {
    console.log('Every file is here');
    return 0;
  }
  const planned = await describeFiles(wanted, pack);
  const bytes = planned.reduce((sum, { expected }) => sum + expected.bytes, 0);
  console.log(`${dryRun ? 'Would fetch' : 'To fetch'}: ${planned.length} files, ${formatBytes(bytes)}`);
  for (const one of planned) console.log(checksumLine(one));
  if (dryRun) return 0;
  const unknown = planned.filter(({ firstUse }) => firstUse).map(({ file }) => file.path);
  if (unknown.length > 0 && !trusting) {
    throw new SceneMakerError(
      'bad-request',
      `the manifest gives no SHA-256 of ${unknown.join(', ')}; compare what the sources say with what the publisher ` +
        'shows and write it into the manifest, or say --trust-on-first-use to take and record what comes',
      { given: unknown },
    );
  }
  const progress = createProgress(process.stderr);
  try {
    for (const one of planned) {
      const { file, expected } = one;
      await pullFile(one, pack, { onBytes: (here) => progress.update(file.path, (0.99 * here) / expected.bytes) });
      progress.update(file.path, 1);
    }
  } finally {
    progress.end();
  }
  return 0;
}

/** As `sha256sum` writes it. */
function checksumLine({ file, expected, firstUse }: PlannedFile): string {
  const { sha256 = 'SHA-256 that its source does not say'.padEnd(64) } = expected;
  return `${sha256}  ${file.path}${firstUse ? `  (${expected.bytes} bytes, as its source says)` : ''}`;
}

function heading({ label, directory, manifest }: ModelPack): string {
  return `${label}, ${manifest.license}, in ${directory}`;
}

function table(listed: readonly ListedFile[]): string {
  return formatTable(listed, [
    words('stage', ({ stage }) => stage),
    words('backend', ({ backend }) => backend),
    words('file', ({ file }) => file.path),
    numbers('size', ({ file: { bytes } }) => (bytes === undefined ? '?' : formatBytes(bytes))),
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
