/**
 * Instance masks, labels and scores (paper, section 3.1, where Grounded-SAM does this).
 *
 * The network marks object centres; at each centre it also writes the weights of a tiny network (a
 * "kernel") that draws that object's mask from shared per-pixel features, and an embedding that the
 * word table turns into a label.
 */
import * as v from 'valibot';
import {
  type ModelPack,
  type ModelSession,
  openSession,
  parseSettings,
  type SessionOptions,
  sigmoid,
  zeros,
} from '../models/index.js';
import { ColorShares } from './color-words.js';
import { GuidedFilter } from './guided-filter.js';
import { fitLetterbox, innerPlanes, type Letterbox, letterboxPicture } from './letterbox.js';
import type { Planes } from './picture-ops.js';
import { aboutUnknown, parsePrompt, promptFit } from './prompt.js';
import { candidatesFromHints, fillHintsByWords, isWordsAlone } from './segment-hints.js';
import { claimPixels, drawnMask, EDGE_REACH, type Proposal, suppressDuplicates } from './segment-masks.js';
import { type Candidate, findPeaks, PEAK_STRIDE, type PictureCode, readCell } from './segment-peaks.js';
import type { Picture, SegmentInput, SegmentOutput, Stage, StageContext } from './stage.js';
import { WordTable } from './words.js';

const KERNEL_LENGTH = 169;
const EMBEDDING_LENGTH = 64;
/** Network pixels for one cell of the mask features. */
const FEATURE_STRIDE = 2;
/** Variance of colour: a step of 0.06 in one channel through the middle of a window. */
const SOFTEST_EDGE = 1e-3;
/** Between the darkest and the brightest value of a channel, of 255: what a sensor adds to a blank picture. */
const BLANK_RANGE = 4;

const settingsSchema = v.object({
  /** Longest side of the picture the network sees, pixels. */
  pictureSize: v.pipe(v.number(), v.integer(), v.minValue(32)),
  /** Objectness below this is not an object. */
  threshold: v.optional(v.number(), 0.3),
  /** A name that fits less than this is not given; the label is then `object`. */
  labelThreshold: v.optional(v.number(), 0.1),
  maxObjects: v.optional(v.number(), 16),
});

type Encoder = ModelSession<'image', 'objectness' | 'kernels' | 'embeddings' | 'features'>;
type MaskGraph = ModelSession<'features' | 'kernels' | 'points', 'masks'>;
type Settings = v.InferOutput<typeof settingsSchema>;

export class SegmentStage implements Stage<SegmentInput, SegmentOutput> {
  readonly name = 'segment';
  readonly #encoder: Encoder;
  readonly #mask: MaskGraph;
  readonly #words: WordTable;
  readonly #settings: Settings;

  private constructor(encoder: Encoder, mask: MaskGraph, words: WordTable, settings: Settings) {
    this.#encoder = encoder;
    this.#mask = mask;
    this.#words = words;
    this.#settings = settings;
  }

  static async open(pack: ModelPack, options: SessionOptions = {}): Promise<SegmentStage> {
    return new SegmentStage(
      await openSession(
        pack.file('segment', 'encoder'),
        ['image'],
        ['objectness', 'kernels', 'embeddings', 'features'],
        options,
      ),
      await openSession(pack.file('segment', 'mask'), ['features', 'kernels', 'points'], ['masks'], options),
      await WordTable.load(pack.file('segment', 'words'), EMBEDDING_LENGTH),
      parseSettings(settingsSchema, 'segment', pack.stage('segment').settings),
    );
  }

  async run(
    { picture, hints = [], maxObjects }: SegmentInput,
    { onProgress, onNote }: StageContext,
  ): Promise<SegmentOutput> {
    // A covered lens or a blank sheet shows nothing, whatever a network makes of it.
    if (hints.length === 0 && isBlank(picture)) return [];
    const { pictureSize, threshold } = this.#settings;
    const box = fitLetterbox(picture, pictureSize);
    const image = letterboxPicture(picture, box);
    const answer = await this.#encoder.run({ image });
    const [rows, columns] = answer.objectness.shape.slice(-2);
    const objectness = answer.objectness.data.map(sigmoid);
    const code: PictureCode = { ...answer, box, rows, columns, objectness };
    onProgress?.(0.5);

    const limit = Math.max(hints.length, maxObjects ?? this.#settings.maxObjects);
    const needsSearch = hints.length === 0 || hints.some(({ mask, box, points }) => !mask && !box && !points);
    const found = needsSearch ? suppressDuplicates(await this.#draw(findPeaks(code, threshold, limit), code)) : [];
    let proposals = found;
    if (hints.length > 0) {
      proposals = await this.#draw(candidatesFromHints(hints, code), code);
      proposals.push(...fillHintsByWords(hints, found, this.#fits(innerPlanes(image, box), box)));
      for (const [index, hint] of hints.entries()) {
        const note = isWordsAlone(hint) && aboutUnknown(parsePrompt(hint.words, this.#words), this.#words);
        if (note) onNote?.(`hint ${index + 1}: ${note}`);
      }
    }
    onProgress?.(0.8);
    const edges = new GuidedFilter(innerPlanes(image, box), EDGE_REACH * FEATURE_STRIDE, SOFTEST_EDGE);
    const segments = claimPixels(proposals, hints, box, picture, edges);
    return segments.map(({ mask, score, hint, embedding }) => {
      const words = hint === undefined ? undefined : hints[hint].words;
      const label = words ?? this.#name(embedding);
      return { mask, label, score, ...(hint !== undefined && { hint }) };
    });
  }

  /** How well a found object fits words, by its embedding and the colours of its pixels. */
  #fits(inner: Planes, box: Letterbox): (proposal: Proposal, words: string) => number {
    const colors = new ColorShares(inner);
    const known = new Map<Proposal, { lifts: Float32Array; shares: Float32Array }>();
    return (proposal, words) => {
      const { lifts, shares } = known.get(proposal) ?? {
        lifts: this.#words.lifts(proposal.embedding),
        shares: colors.of(drawnMask(proposal, box)),
      };
      known.set(proposal, { lifts, shares });
      return promptFit(parsePrompt(words, this.#words), lifts, shares);
    };
  }

  #name(embedding: Float32Array | undefined): string {
    const best = embedding && this.#words.bestCategory(embedding);
    return best && best.score >= this.#settings.labelThreshold ? best.word : 'object';
  }

  /** One proposal for each candidate without a hint, and one for each hint. */
  async #draw(candidates: readonly Candidate[], code: PictureCode): Promise<Proposal[]> {
    if (candidates.length === 0) return [];
    const kernels = zeros([candidates.length, KERNEL_LENGTH]);
    const points = zeros([candidates.length, 2]);
    candidates.forEach(({ column, row }, i) => {
      kernels.data.set(readCell(code.kernels, code, column, row), i * KERNEL_LENGTH);
      points.data.set([(column + 0.5) * PEAK_STRIDE, (row + 0.5) * PEAK_STRIDE], i * 2);
    });
    const { masks } = await this.#mask.run({ features: code.features, kernels, points });
    const [, height, width] = masks.shape;
    const proposals: Proposal[] = [];
    for (const [i, candidate] of candidates.entries()) {
      const logits = masks.data.slice(i * width * height, (i + 1) * width * height);
      const sibling = proposals.find(({ hint }) => hint !== undefined && hint === candidate.hint);
      if (sibling === undefined) {
        const embedding = readCell(code.embeddings, code, candidate.column, candidate.row);
        proposals.push({ ...candidate, logits, width, height, embedding, drawings: 1 });
      } else {
        sibling.drawings++;
        for (let k = 0; k < logits.length; k++) sibling.logits[k] += (logits[k] - sibling.logits[k]) / sibling.drawings;
      }
    }
    return proposals;
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#encoder.dispose(), this.#mask.dispose()]);
  }
}

/** Whether no channel varies by more than the noise of a picture without content. */
function isBlank({ data }: Picture): boolean {
  const lowest = [255, 255, 255];
  const highest = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const channel = i % 3;
    lowest[channel] = Math.min(lowest[channel], data[i]);
    highest[channel] = Math.max(highest[channel], data[i]);
  }
  return highest.every((value, channel) => value - lowest[channel] <= BLANK_RANGE);
}
