/**
 * The segment stage on Grounding DINO and SAM (or SlimSAM, SAM 2), as Grounded SAM puts them together: words find
 * boxes, boxes and points find masks. Without hints, the words of the pack's `vocabulary` are looked for.
 */
import * as v from 'valibot';
import { type ModelPack, parseSettings, type SessionOptions } from '../../models/index.js';
import { claimMasks } from '../../stages/mask-claims.js';
import type { Segment, SegmentHint, SegmentInput, SegmentOutput, Stage } from '../../stages/stage.js';
import { type Detection, Detector, dropOverlapping } from './detector.js';
import { loadLibrary, precisionSchema } from './library.js';
import { type Prompt, Segmenter } from './segmenter.js';

const folder = v.pipe(v.string(), v.nonEmpty());
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const settingsSchema = v.object({
  /** The models' folders within the pack's. */
  detector: folder,
  segmenter: folder,
  detectorType: precisionSchema,
  segmenterType: precisionSchema,
  boxThreshold: v.optional(share, 0.25),
  textThreshold: v.optional(share, 0.25),
  /** What is looked for where nobody says what; the model reads 256 tokens at most. */
  vocabulary: v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.minLength(1)),
  maxObjects: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 16),
});

export async function openSegment(
  pack: ModelPack,
  options: SessionOptions,
): Promise<Stage<SegmentInput, SegmentOutput>> {
  const settings = parseSettings(settingsSchema, 'segment', pack.stage('segment').settings);
  const library = await loadLibrary();
  const detectorFrom = { folder: settings.detector, precision: settings.detectorType };
  const segmenterFrom = { folder: settings.segmenter, precision: settings.segmenterType };
  const detector = await Detector.open(library, pack, detectorFrom, options);
  const segmenter = await Segmenter.open(library, pack, segmenterFrom, options);
  const thresholds = { box: settings.boxThreshold, text: settings.textThreshold };
  return {
    name: 'segment',
    async run(input: SegmentInput): Promise<SegmentOutput> {
      const { picture, hints = [], maxObjects = settings.maxObjects } = input;
      const wanted: Wanted[] = [];
      for (const [hint, given] of hints.entries()) {
        if (given.mask !== undefined) continue;
        const words = given.words;
        if (given.box === undefined && given.points === undefined && words !== undefined) {
          const found = await detector.find(picture, [words], thresholds);
          wanted.push(...found.slice(0, 1).map(({ box, score }) => ({ prompt: { box }, label: words, score, hint })));
        } else wanted.push({ prompt: promptOf(given), label: words ?? 'object', score: 1, hint });
      }
      if (hints.length === 0) {
        const found = dropOverlapping(await detector.find(picture, settings.vocabulary, thresholds));
        wanted.push(...found.slice(0, maxObjects).map(({ box, label, score }) => ({ prompt: { box }, label, score })));
      }
      const prompts = wanted.map(({ prompt }) => prompt);
      const masks = await segmenter.masks(picture, prompts);
      const segments = wanted.map(({ label, score, hint }, i): Segment => {
        const sure = Math.sqrt(score * masks[i].score);
        return { mask: masks[i].mask, label, score: sure, ...(hint !== undefined && { hint }) };
      });
      return claimMasks(segments, { ...input, maxObjects });
    },
    async dispose() {
      await Promise.all([detector.dispose(), segmenter.dispose()]);
    },
  };
}

interface Wanted extends Pick<Detection, 'label' | 'score'> {
  prompt: Prompt;
  hint?: number;
}

const promptOf = ({ box, points }: SegmentHint): Prompt => ({ ...(box && { box }), ...(points && { points }) });
