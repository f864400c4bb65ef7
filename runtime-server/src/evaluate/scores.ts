/** What is measured: tables of metrics, gathered value by value. */
import { type Sample, type Summary, summarise } from './statistics.js';

/** Every metric, in the order of the printed columns; METRICS.md says what each is. */
export const METRICS = {
  recall50: { digits: 3, better: 'high' },
  precision50: { digits: 3, better: 'high' },
  maskIou: { digits: 3, better: 'high' },
  bestIou: { digits: 3, better: 'high' },
  merged: { digits: 3, better: 'low' },
  split: { digits: 3, better: 'low' },
  missed: { digits: 3, better: 'low' },
  rightObject: { digits: 3, better: 'high' },
  rightColor: { digits: 3, better: 'high' },
  chance: { digits: 3, better: 'high' },
  refused: { digits: 3, better: 'high' },
  falseMasks: { digits: 2, better: 'low' },
  absRel: { digits: 4, better: 'low' },
  focalError: { digits: 3, better: 'low' },
  depthOrder: { digits: 3, better: 'high' },
  psnrGain: { digits: 2, better: 'high' },
  psnr: { digits: 2, better: 'high' },
  ssim: { digits: 4, better: 'high' },
  cd: { digits: 4, better: 'low' },
  fScore: { digits: 4, better: 'high' },
  volumeIou: { digits: 4, better: 'high' },
  cdS: { digits: 4, better: 'low' },
  fScoreS: { digits: 4, better: 'high' },
  cdO: { digits: 4, better: 'low' },
  fScoreO: { digits: 4, better: 'high' },
  iouB: { digits: 4, better: 'high' },
  rotationDeg: { digits: 1, better: 'low' },
  sizeError: { digits: 3, better: 'low' },
  silhouetteIou: { digits: 4, better: 'high' },
  confidenceError: { digits: 3, better: 'low' },
} as const satisfies Record<string, { digits: number; better: 'high' | 'low' }>;

/** Every table, in the order in which they are printed. */
const TABLES = [
  'segment',
  'segmentBoxes',
  'segmentPoints',
  'wordsCategory',
  'wordsKnownCategory',
  'wordsCaption',
  'wordsAbsent',
  'depth',
  'pictures',
  'deocclude',
  'deoccludeNothing',
  'deoccludeClassicalFill',
  'deoccludeWords',
  ...withParts('shape'),
  'shapeWithEstimatedDepth',
  'shapePictureAlone',
  'shapeWithoutDeocclusion',
  'shapeRetrieval',
  'shapeBox',
  'pose',
  'poseWithoutIcp',
  'poseOneSample',
  'poseBestSample',
  'poseCompletePoints',
  'poseWithEstimatedDepth',
  ...withParts('pipeline'),
  'pipelineSettled',
  ...withParts('pipelineWithDepth'),
  'pipelineWithDepthSettled',
  ...withParts('pipelineWithMasksAndDepth'),
  'pipelineWithMasksAndDepthSettled',
] as const;

/** A table, the same without registration, and its parts by how much of an object is seen. */
function withParts<const T extends PartedTable>(table: T) {
  return [
    table,
    `${table}WithoutIcp`,
    `${table}UnderHalfVisible`,
    `${table}MostlyVisible`,
    `${table}Unoccluded`,
  ] as const;
}

export type Table = (typeof TABLES)[number];
export type PartedTable = 'shape' | PipelineTable;
export type PipelineTable = 'pipeline' | 'pipelineWithDepth' | 'pipelineWithMasksAndDepth';
export type Metric = keyof typeof METRICS;
export type Row = Partial<Record<Metric, number>>;
/** Table, metric, summary: what `--json` writes. */
export type Report = Partial<Record<Table, Partial<Record<Metric, Summary>>>>;

export class Scores {
  readonly #tables = new Map<Table, Map<Metric, Sample[]>>();

  /** Adds what was measured on one object, or one scene, of scene number `scene`. Values that are no number are left out. */
  add(table: Table, scene: number, row: Row): void {
    const metrics = this.#tables.get(table) ?? new Map<Metric, Sample[]>();
    this.#tables.set(table, metrics);
    for (const metric of Object.keys(row) as Metric[]) {
      const value = row[metric];
      if (value === undefined || !Number.isFinite(value)) continue;
      const samples = metrics.get(metric) ?? [];
      metrics.set(metric, samples);
      samples.push({ value, group: scene });
    }
  }

  /** Without empty tables. */
  report(seed = 0): Report {
    const report: Report = {};
    for (const table of TABLES) {
      const metrics = this.#tables.get(table);
      if (metrics === undefined) continue;
      const names = (Object.keys(METRICS) as Metric[]).filter((metric) => metrics.has(metric));
      if (names.length === 0) continue;
      report[table] = Object.fromEntries(names.map((name) => [name, summarise(metrics.get(name) ?? [], seed)]));
    }
    return report;
  }
}
