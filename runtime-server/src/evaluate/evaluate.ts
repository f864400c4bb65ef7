/**
 * `scenemaker evaluate`: every table of METRICS.md for a data set, through the stages and the pipeline that
 * users run, with the models of one pack.
 */
import { openStage } from '../backends/index.js';
import { loadPack, type ModelPack } from '../models/index.js';
import { assemblePipeline } from '../pipeline.js';
import { STAGE_NAMES, type StageName, type Stages } from '../stages/stage.js';
import { readDataset } from './dataset.js';
import { type Report, Scores } from './scores.js';
import type { SheetRow } from './sheet.js';
import { Recogniser } from '../stages/recognise.js';
import { RetrievalIndex } from './retrieval.js';
import { evaluateDeocclude } from './tables/deocclude.js';
import { evaluateDepth } from './tables/depth.js';
import { evaluatePipeline } from './tables/pipeline.js';
import { evaluatePose } from './tables/pose.js';
import { evaluateSegment } from './tables/segment.js';
import { evaluateSegmentHints } from './tables/segment-hints.js';
import { evaluateShape, type MadeShape } from './tables/shape.js';
import { evaluateWords } from './tables/words.js';
import { type TrueScene, TruthReader } from './truth.js';

/** What can be measured: each stage by itself, given the truth of those before it, and all of them together. */
export const SUBJECTS = [...STAGE_NAMES, 'words', 'hints', 'pipeline'] as const;
export type Subject = (typeof SUBJECTS)[number];

export interface EvaluateOptions {
  /** The folder with `dataset.json`. */
  dataset: string;
  /** The model pack's folder. */
  packDir: string;
  /** A data set of other objects, to look shapes up in. */
  retrieval?: string;
  subjects: readonly Subject[];
  /** The first so many scenes. */
  limit?: number;
  /** Surface points of each object that clouds are compared by. */
  points: number;
  seed: number;
  threads?: number;
  /** Called when a scene begins and when all are done. */
  onScene?: (done: number, count: number) => void;
  /** One sentence on an object of which nothing could be made: it counts as missing. */
  onFailure?: (message: string) => void;
  /** Given each scene's row of the picture sheet, and those of its objects that were measured by themselves. */
  onRow?: (row: SheetRow, shapes: readonly MadeShape[]) => Promise<void>;
}

export interface Evaluation {
  /** `name@version` of the pack. */
  pack: string;
  scenes: number;
  report: Report;
}

/** As many as MIDI-3D takes. */
export const SURFACE_POINTS = 20_480;

/** Errors: input-missing, bad-request, pack-missing, pack-corrupt, and those of pictures and depth maps. */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const dataset = await readDataset(options.dataset, options.limit);
  const pack = await loadPack(options.packDir);
  const stages = await openNeeded(pack, options);
  const recogniser = options.retrieval === undefined ? undefined : await Recogniser.open(pack);
  try {
    const reader = new TruthReader(dataset, options.points);
    const scores = new Scores();
    const categories = [
      ...new Set(dataset.scenes.flatMap(({ document }) => document.objects.map(({ category }) => category))),
    ];
    const measured = new Set(dataset.scenes.flatMap(({ document }) => document.objects.map(({ object }) => object)));
    const retrieval =
      recogniser && options.retrieval && (await RetrievalIndex.build(options.retrieval, recogniser, measured));
    for (const [index, entry] of dataset.scenes.entries()) {
      options.onScene?.(index, dataset.scenes.length);
      const { row, shapes } = await evaluateScene(await reader.read(entry, index), stages, pack, scores, {
        ...options,
        categories,
        ...(retrieval && { index: retrieval }),
      });
      await options.onRow?.(row, shapes);
    }
    options.onScene?.(dataset.scenes.length, dataset.scenes.length);
    return { pack: pack.label, scenes: dataset.scenes.length, report: scores.report(options.seed) };
  } finally {
    await Promise.all(Object.values(stages).map((stage) => stage.dispose()));
    await recogniser?.dispose();
  }
}

async function evaluateScene(
  scene: TrueScene,
  stages: Partial<Stages>,
  pack: ModelPack,
  scores: Scores,
  {
    subjects,
    points,
    seed,
    categories,
    index,
    onFailure = () => {},
  }: EvaluateOptions & { categories: readonly string[]; index?: RetrievalIndex },
): Promise<{ row: SheetRow; shapes: MadeShape[] }> {
  const row: SheetRow = { scene };
  const shapes: MadeShape[] = [];
  const wants = (subject: Subject): boolean => subjects.includes(subject);
  const { segment, depth, deocclude, shape, pose } = stages;
  if (wants('segment') && segment) row.segments = await evaluateSegment(scene, segment, scores, seed);
  if (wants('hints') && segment) await evaluateSegmentHints(scene, segment, scores, seed);
  if (wants('depth') && depth) row.depth = (await evaluateDepth(scene, depth, scores, seed)).depth;
  if (wants('words') && segment) await evaluateWords(scene, segment, scores, { seed, categories });
  // A scene that shows no object says nothing of what comes after.
  if (scene.objects.length === 0) return { row, shapes };
  if (depth && (wants('deocclude') || wants('shape') || wants('pose'))) {
    const estimate = await depth.run({ picture: scene.picture }, { seed });
    if (wants('deocclude') && deocclude) await evaluateDeocclude(scene, deocclude, estimate, scores, seed);
    if (wants('shape') && segment && deocclude && shape) {
      const bench = { stages: { segment, deocclude, shape }, scores, points, seed, onFailure };
      shapes.push(...(await evaluateShape(scene, { ...bench, ...(index && { retrieval: index }) }, estimate)));
    }
    if (wants('pose') && pose) await evaluatePose(scene, { stage: pose, scores, points, seed }, estimate);
  }
  if (wants('pipeline') && isComplete(stages)) {
    const pipeline = assemblePipeline(stages, pack.label);
    row.result = await evaluatePipeline(scene, { pipeline, scores, points, seed, onFailure });
  }
  return { row, shapes };
}

const NEEDED: Record<Subject, readonly StageName[]> = {
  segment: ['segment'],
  words: ['segment'],
  hints: ['segment'],
  depth: ['depth'],
  deocclude: ['depth', 'deocclude'],
  shape: ['segment', 'depth', 'deocclude', 'shape'],
  pose: ['depth', 'pose'],
  pipeline: STAGE_NAMES,
};

/** Only the stages that are needed, so that a pack may lack the others. */
async function openNeeded(pack: ModelPack, { subjects, threads }: EvaluateOptions): Promise<Partial<Stages>> {
  const options = threads === undefined ? {} : { threads };
  const needed = new Set(subjects.flatMap((subject) => NEEDED[subject]));
  const stages: Partial<Stages> = {};
  try {
    for (const name of needed) Object.assign(stages, { [name]: await openStage(name, pack, options) });
    return stages;
  } catch (error) {
    await Promise.all(Object.values(stages).map((stage) => stage.dispose()));
    throw error;
  }
}

const isComplete = (stages: Partial<Stages>): stages is Stages =>
  STAGE_NAMES.every((name) => stages[name] !== undefined);
