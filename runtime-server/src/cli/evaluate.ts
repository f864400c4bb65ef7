/** `scenemaker evaluate`: how good the models are, measured on scenes with known truth. */
import { access, constants, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SceneMakerError } from '@scenemaker/sdk';
import { evaluate as measure, type Subject, SUBJECTS, SURFACE_POINTS } from '../evaluate/evaluate.js';
import { formatReport } from '../evaluate/print.js';
import { drawSheetRow, joinRows } from '../evaluate/sheet.js';
import { EMBEDDED_PACK } from '../packs.js';
import { encodePng } from '../pictures/index.js';
import type { Picture } from '../stages/stage.js';
import { parseArguments, parseInteger, usageError } from './arguments.js';
import { createProgress } from './progress.js';

export const EVALUATE_HELP = `scenemaker evaluate DATASET [options]

Measures the models on a folder of scenes with known truth, as training/make_dataset.py writes them,
and prints a table for each stage and for the whole pipeline. What each number means stands in
runtime-server/src/evaluate/METRICS.md.

  --stages LIST   what to measure, with commas: ${SUBJECTS.join(', ')} (all)
  --limit N       the first N scenes (all)
  --json FILE     also write {table: {metric: {mean, median, low, high, n}}}
  --sheet FILE    also draw a PNG: input, masks, depth, result and truth, one row a scene
  --points N      surface points of each object that shapes are compared by (${SURFACE_POINTS}); fewer is faster and coarser
  --seed N        seeds everything random (0)
  --threads N     threads for the models (as many as ONNX Runtime picks)
  --pack DIR      model pack
`;

/** Errors are SceneMakerErrors. */
export async function evaluate(args: string[]): Promise<void> {
  const { values, positionals } = parseArguments(args, {
    stages: { type: 'string' },
    limit: { type: 'string' },
    json: { type: 'string' },
    sheet: { type: 'string' },
    points: { type: 'string', default: String(SURFACE_POINTS) },
    seed: { type: 'string', default: '0' },
    threads: { type: 'string' },
    pack: { type: 'string', default: EMBEDDED_PACK },
  });
  const [dataset, ...others] = positionals;
  if (dataset === undefined || others.length > 0) throw usageError('give one data set folder', positionals);
  const { json, sheet } = values;
  for (const file of [json, sheet]) if (file !== undefined) await requireWritable(file);

  const progress = createProgress(process.stderr);
  const rows: Picture[] = [];
  const begin = performance.now();
  try {
    const { pack, scenes, report } = await measure({
      dataset,
      packDir: values.pack,
      subjects: parseSubjects(values.stages),
      points: parseInteger(values.points, '--points', 16, 1_000_000),
      seed: parseInteger(values.seed, '--seed', 0, 0xffffffff),
      ...(values.limit !== undefined && { limit: parseInteger(values.limit, '--limit', 1, 1_000_000) }),
      ...(values.threads !== undefined && { threads: parseInteger(values.threads, '--threads', 1, 256) }),
      onScene: (done, count) => progress.update(`${count} scenes`, done / count),
      onFailure: (message) => progress.note(`Note: ${message}`),
      ...(sheet !== undefined && { onRow: async (row) => void rows.push(await drawSheetRow(row)) }),
    });
    if (json !== undefined) await write(json, `${JSON.stringify(report, null, 2)}\n`);
    if (sheet !== undefined) await write(sheet, await encodePng(joinRows(rows)));
    progress.end();
    const seconds = ((performance.now() - begin) / 1000).toFixed(0);
    process.stdout.write(`\n${pack} on ${scenes} scenes of ${dataset}, ${seconds} s\n\n${formatReport(report)}\n`);
  } finally {
    progress.end();
  }
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
