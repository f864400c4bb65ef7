/** `scenemaker evaluate --pictures`: perception on a folder of real pictures (`real-pictures.ts`). */
import { openStage } from '../backends/index.js';
import { loadPack } from '../models/index.js';
import type { DepthOutput, Segment } from '../stages/stage.js';
import { listRealPictures, readRealPicture, type RealPicture } from './real-pictures.js';
import { type Report, Scores } from './scores.js';
import { type PictureVerdict, scorePicture } from './tables/pictures.js';

export interface PicturesOptions {
  folder: string;
  /** A file with what is nearer. */
  depthOrder?: string;
  /** The model pack's folder. */
  packDir: string;
  /** The first so many pictures. */
  limit?: number;
  seed: number;
  threads?: number;
  /** Called when a picture begins and when all are done. */
  onPicture?: (done: number, count: number) => void;
  /** Given what was found in each picture; `verdict` where objects are marked in it. */
  onFound?: (found: PictureResult) => Promise<void>;
}

export interface PictureResult {
  picture: RealPicture;
  segments: Segment[];
  depth: DepthOutput;
  verdict?: PictureVerdict;
}

export interface PicturesEvaluation {
  pack: string;
  pictures: number;
  verdicts: PictureVerdict[];
  report: Report;
}

/** Errors: input-missing, input-empty, bad-request, pack-missing, pack-corrupt, and those of pictures. */
export async function evaluatePictures(options: PicturesOptions): Promise<PicturesEvaluation> {
  const { seed, onPicture, onFound, threads } = options;
  const files = (await listRealPictures(options.folder, options.depthOrder)).slice(0, options.limit);
  const pack = await loadPack(options.packDir);
  const session = threads === undefined ? {} : { threads };
  const segment = await openStage('segment', pack, session);
  const depth = await openStage('depth', pack, session);
  const scores = new Scores();
  const verdicts: PictureVerdict[] = [];
  try {
    for (const [index, file] of files.entries()) {
      onPicture?.(index, files.length);
      const picture = await readRealPicture(file);
      const segments = await segment.run({ picture: picture.picture }, { seed });
      const estimate = await depth.run({ picture: picture.picture }, { seed });
      const verdict = scorePicture(picture, index, segments, estimate, scores);
      if (verdict !== undefined) verdicts.push(verdict);
      await onFound?.({ picture, segments, depth: estimate, ...(verdict && { verdict }) });
    }
    onPicture?.(files.length, files.length);
    return { pack: pack.label, pictures: files.length, verdicts, report: scores.report(seed) };
  } finally {
    await Promise.all([segment.dispose(), depth.dispose()]);
  }
}
