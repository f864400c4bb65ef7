/** `scenemaker evaluate`: how good the models are, measured on scenes with known truth and on real pictures. */
import { access, constants, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SceneMakerError } from '@scenemaker/sdk';
import { evaluate as measure, type Subject, SUBJECTS, SURFACE_POINTS } from '../evaluate/evaluate.js';
import { evaluatePictures } from '../evaluate/pictures.js';
import { formatReport } from '../evaluate/print.js';
import type { Report } from '../evaluate/scores.js';
import { drawObjectRow, drawPictureRow, drawSheetRow } from '../evaluate/sheet.js';
import { joinRows } from '../evaluate/sheet-cells.js';
import type { PictureVerdict } from '../evaluate/tables/pictures.js';
import { EMBEDDED_PACK } from '../packs.js';
import { encodePng } from '../pictures/index.js';
import type { Picture } from '../stages/stage.js';
import { parseArguments, parseInteger, usageError } from './arguments.js';
import { createProgress, type Progress } from './progress.js';
import { formatTable, numbers, words } from './table.js';

export const help = `scenemaker evaluate DATASET [options]
scenemaker evaluate --pictures DIR [options]

Measures the models on a folder of scenes with known truth, as training/make_dataset.py writes them,
and prints a table for each stage and for the whole pipeline; or masks and depth on a folder of real
pictures, NAME.jpg with NAME.seg.png where objects are marked. What each number means stands in
runtime-server/src/evaluate/METRICS.md.

  --stages LIST   what to measure of a data set, with commas: ${SUBJECTS.join(', ')} (all)
  --pictures DIR  measure on real pictures
  --depth-order FILE
                  what is nearer in them, judged by eye: {NAME: [[near, far], ...]}, objects by colour, "ff0000"
  --retrieval DATASET
                  other objects to look shapes up in, as a baseline: scenes of what the models were trained on
  --limit N       the first N scenes, and pictures (all)
  --json FILE     also write {table: {metric: {mean, median, low, high, n}}}
  --sheet FILE    also draw a PNG: input, masks, depth, result and truth, one row a scene, the best first
  --object-sheet FILE
                  also draw a PNG of the objects of table shape: seen, de-occluded, made, truth, the best first
  --points N      surface points of each object that shapes are compared by (${SURFACE_POINTS}); fewer is faster and coarser
  --seed N        seeds everything random (0)
  --threads N     threads for the models (as many as ONNX Runtime picks)
  --pack DIR      model pack
`;

/** Errors are SceneMakerErrors. */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArguments(args, {
    stages: { type: 'string' },
    pictures: { type: 'string' },
    'depth-order': { type: 'string' },
    retrieval: { type: 'string' },
    limit: { type: 'string' },
    json: { type: 'string' },
    sheet: { type: 'string' },
    'object-sheet': { type: 'string' },
    points: { type: 'string', default: String(SURFACE_POINTS) },
    seed: { type: 'string', default: '0' },
    threads: { type: 'string' },
    pack: { type: 'string', default: EMBEDDED_PACK },
  });
  const { json, sheet, 'object-sheet': objectSheet, pictures, retrieval, 'depth-order': depthOrder } = values;
  const [dataset, ...others] = positionals;
  if ((dataset === undefined && pictures === undefined) || others.length > 0)
    throw usageError('give one data set folder, or --pictures DIR', positionals);
  for (const file of [json, sheet, objectSheet]) if (file !== undefined) await requireWritable(file);
  const subjects = parseSubjects(values.stages);
  const common = {
    packDir: values.pack,
    seed: parseInteger(values.seed, '--seed', 0, 0xffffffff),
    ...(values.limit !== undefined && { limit: parseInteger(values.limit, '--limit', 1, 1_000_000) }),
    ...(values.threads !== undefined && { threads: parseInteger(values.threads, '--threads', 1, 256) }),
  };
  const points = parseInteger(values.points, '--points', 16, 1_000_000);

  const progress = createProgress(process.stderr);
  const rows: Ranked[] | undefined = sheet === undefined ? undefined : [];
  const objects: Ranked[] | undefined = objectSheet === undefined ? undefined : [];
  const parts: Part[] = [];
  try {
    if (dataset !== undefined) {
      const given = { dataset, subjects, points, ...(retrieval !== undefined && { retrieval }) };
      parts.push(await onDataset({ ...common, ...given }, progress, rows, objects));
    }
    if (pictures !== undefined) {
      const given = { folder: pictures, ...(depthOrder !== undefined && { depthOrder }) };
      parts.push(await onPictures({ ...common, ...given }, progress, rows));
    }
    const report: Report = Object.assign({}, ...parts.map((part) => part.report));
    if (json !== undefined) await write(json, `${JSON.stringify(report, null, 2)}\n`);
    if (sheet !== undefined) await write(sheet, await drawRanked(rows));
    if (objectSheet !== undefined) await write(objectSheet, await drawRanked(objects));
  } finally {
    progress.end();
  }
  process.stdout.write(`\n${parts.map(({ text }) => text).join('\n\n')}\n`);
}

/** A row of a sheet, and how good what it shows is. */
interface Ranked {
  row: Picture;
  score: number;
}

/** The best first; rows of one score in the order in which they came. */
async function drawRanked(rows: readonly Ranked[] = []): Promise<Uint8Array> {
  return encodePng(joinRows(rows.toSorted((a, b) => b.score - a.score).map(({ row }) => row)));
}

/** What was measured, and the same for people. */
interface Part {
  report: Report;
  text: string;
}

async function onDataset(
  options: Omit<Parameters<typeof measure>[0], 'onScene' | 'onFailure' | 'onRow'>,
  progress: Progress,
  rows?: Ranked[],
  objects?: Ranked[],
): Promise<Part> {
  const begin = performance.now();
  const { pack, scenes, report } = await measure({
    ...options,
    onScene: (done, count) => progress.update(`${count} scenes`, done / count),
    onFailure: (message) => progress.note(`Note: ${message}`),
    onRow: async (row, shapes) => {
      rows?.push({ row: await drawSheetRow(row), score: row.result?.fScoreS ?? 0 });
      for (const shape of shapes) objects?.push({ row: await drawObjectRow(shape), score: shape.fScore });
    },
  });
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  return { report, text: `${pack} on ${scenes} scenes of ${options.dataset}, ${seconds} s\n\n${formatReport(report)}` };
}

async function onPictures(
  options: Omit<Parameters<typeof evaluatePictures>[0], 'onPicture' | 'onFound'>,
  progress: Progress,
  rows?: Ranked[],
): Promise<Part> {
  const { pack, pictures, verdicts, report } = await evaluatePictures({
    ...options,
    onPicture: (done, count) => progress.update(`${count} pictures`, done / count),
    ...(rows && {
      onFound: async (found) =>
        void rows.push({ row: await drawPictureRow(found, formatVerdict(found.verdict)), score: 0 }),
    }),
  });
  const head = `${pack} on ${pictures} pictures of ${options.folder}, ${verdicts.length} of them with masks`;
  return { report, text: [head, formatVerdicts(verdicts), formatReport(report)].join('\n\n') };
}

const VERDICT_COLUMNS = ['marked', 'right', 'merged', 'split', 'missed', 'found', 'false'] as const;

function formatVerdicts(verdicts: readonly PictureVerdict[]): string {
  return formatTable(verdicts, [
    words('picture', ({ name }) => name),
    ...VERDICT_COLUMNS.map((column) => numbers(column, (verdict: PictureVerdict) => String(verdict[column]))),
    numbers('recall', ({ right, marked }) => (right / marked).toFixed(2)),
    numbers('best IoU', ({ meanBestIou }) => meanBestIou.toFixed(2)),
    numbers('depth order', ({ ordered, pairs }) => (pairs === 0 ? '' : `${ordered} of ${pairs}`)),
  ]);
}

function formatVerdict(verdict: PictureVerdict | undefined): string {
  if (verdict === undefined) return 'nothing is marked';
  const counts = VERDICT_COLUMNS.map((column) => `${verdict[column]} ${column}`).join(', ');
  return `${counts}; mean best IoU ${verdict.meanBestIou.toFixed(2)}`;
}

function parseSubjects(text: string | undefined): readonly Subject[] {
  if (text === undefined) return SUBJECTS;
  return text.split(',').map((name) => {
    const subject = SUBJECTS.find((known) => known === name.trim());
    if (subject === undefined)
      throw usageError(`--stages knows no ${name}; there are ${SUBJECTS.join(', ')}`, name, SUBJECTS);
    return subject;
  });
}

/** Before hours of work: whether the result can be written at the end. Errors: output-unwritable. */
async function requireWritable(path: string): Promise<void> {
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => unwritable(path, cause));
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content).catch((cause: unknown) => unwritable(path, cause));
}

function unwritable(path: string, cause: unknown): never {
  throw new SceneMakerError('output-unwritable', `${path} cannot be written`, { given: path, cause });
}
