/**
 * Instance masks, labels and scores (paper, section 3.1, where Grounded-SAM does this).
 *
 * The network marks object centres; at each centre it also writes the weights of a tiny network (a
 * "kernel") that draws that object's mask from shared per-pixel features. Another network names what
 * the mask shows.
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
import { fitLetterbox, innerPlanes, letterboxPicture } from './letterbox.js';
import { resizeMask } from './mask-ops.js';
import type { Planes } from './picture-ops.js';
import { Recogniser } from './recognise.js';
import { aboutUnknown, parsePrompt, promptFit } from './prompt.js';
import { candidatesFromHints, chooseByHints, fillHintsByWords, isWordsAlone } from './segment-hints.js';
import { type Claim, claimPixels, EDGE_REACH, type Proposal, suppressDuplicates } from './segment-masks.js';
import { type Candidate, FEATURE_STRIDE, findPeaks, PEAK_STRIDE, type PictureCode, readCell } from './segment-peaks.js';
import type { Picture, SegmentHint, SegmentInput, SegmentOutput, Stage, StageContext } from './stage.js';

const KERNEL_LENGTH = 169;
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

type Encoder = ModelSession<'image', 'objectness' | 'kernels' | 'features'>;
type MaskGraph = ModelSession<'features' | 'kernels' | 'points', 'masks'>;
type Settings = v.InferOutput<typeof settingsSchema>;

export class SegmentStage implements Stage<SegmentInput, SegmentOutput> {
  readonly name = 'segment';
  readonly #encoder: Encoder;
  readonly #mask: MaskGraph;
  readonly #recogniser: Recogniser;
  readonly #settings: Settings;

  private constructor(encoder: Encoder, mask: MaskGraph, recogniser: Recogniser, settings: Settings) {
    this.#encoder = encoder;
    this.#mask = mask;
    this.#recogniser = recogniser;
    this.#settings = settings;
  }

  static async open(pack: ModelPack, options: SessionOptions = {}): Promise<SegmentStage> {
    return new SegmentStage(
      await openSession(pack.file('segment', 'encoder'), ['image'], ['objectness', 'kernels', 'features'], options),
      await openSession(pack.file('segment', 'mask'), ['features', 'kernels', 'points'], ['masks'], options),
      await Recogniser.open(pack, options),
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
    const box = fitLetterbox(picture, pictureSize, { square: true });
    const image = letterboxPicture(picture, box);
    const answer = await this.#encoder.run({ image });
    const [rows, columns] = answer.objectness.shape.slice(-2);
    const objectness = answer.objectness.data.map(sigmoid);
    const code: PictureCode = { ...answer, box, rows, columns, objectness };
    onProgress?.(0.5);

    const limit = Math.max(hints.length, maxObjects ?? this.#settings.maxObjects);
    const needsSearch = hints.length === 0 || hints.some(({ mask, box, points }) => !mask && !box && !points);
    const found = needsSearch ? suppressDuplicates(await this.#draw(findPeaks(code, threshold, limit), code)) : [];
    const inner = innerPlanes(image, box);
    const edges = new GuidedFilter(inner, EDGE_REACH * FEATURE_STRIDE, SOFTEST_EDGE);
    let proposals = found;
    if (hints.length > 0) {
      const drawn = await this.#draw(candidatesFromHints(hints, code), code);
      proposals = chooseByHints(drawn, hints, box);
      const claims = needsSearch ? claimPixels(found, [], box, picture, edges) : [];
      proposals.push(...fillHintsByWords(hints, claims, await this.#fits(claims, picture, inner)));
      const { words: table } = this.#recogniser;
      for (const [index, hint] of hints.entries()) {
        const note = isWordsAlone(hint) && aboutUnknown(parsePrompt(hint.words, table), table);
        if (note) onNote?.(`hint ${index + 1}: ${note}`);
      }
    }
    onProgress?.(0.8);
    const segments = claimPixels(proposals, hints, box, picture, edges);
    const looks = await this.#recogniser.recognise(
      picture,
      segments.map(({ mask }) => mask),
    );
    return segments.map(({ mask, score, hint }, i) => ({
      mask,
      label: this.#label(looks[i].lifts, hint === undefined ? undefined : hints[hint]),
      score,
      solids: looks[i].solids,
      ...(hint !== undefined && { hint }),
    }));
  }

  /** How well found objects fit words, by what they are recognised as and the colours of their pixels. */
  async #fits(
    claims: readonly Claim[],
    picture: Picture,
    inner: Planes,
  ): Promise<(claim: Claim, words: string) => number> {
    const masks = claims.map(({ mask }) => mask);
    const looks = await this.#recogniser.recognise(picture, masks);
    const colors = new ColorShares(inner);
    const shares = masks.map((mask) => colors.of(Float32Array.from(resizeMask(mask, inner.width, inner.height).data)));
    return (claim, words) => {
      const i = claims.indexOf(claim);
      return promptFit(parsePrompt(words, this.#recogniser.words), looks[i].lifts, shares[i]);
    };
  }

  /** The words that an object was asked for with, else what it is recognised as. */
  #label(lifts: Float32Array, hint: SegmentHint | undefined): string {
    if (hint?.words !== undefined) return hint.words;
    const { word, score } = this.#recogniser.words.bestCategory(lifts);
    return score >= this.#settings.labelThreshold ? word : 'object';
  }

  /** The mask that each candidate's kernel draws. */
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
    const size = width * height;
    return candidates.map((candidate, i) => ({
      ...candidate,
      logits: masks.data.slice(i * size, (i + 1) * size),
      width,
      height,
    }));
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#encoder.dispose(), this.#mask.dispose(), this.#recogniser.dispose()]);
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
