/**
 * Tables `deocclude` and its baselines `deoccludeNothing` and `deoccludeClassicalFill`: whole objects from their
 * visible pixels, on the data set's pairs.
 *
 * The model sees the true masks and the object's caption; which objects may hide it is told by estimated depth. Only objects of which at least 1 % is hidden count.
 */
import { firmEdges } from '../../stages/depth-edges.js';
import { occludersOf } from '../../stages/occluders.js';
import {
  createPlanes,
  type Planes,
  plane,
  premultipliedPlanes,
  resample,
  type Rect,
} from '../../stages/picture-ops.js';
import type {
  DeoccludeInput,
  DeoccludeOutput,
  DepthOutput,
  PictureWithAlpha,
  Stage,
  Window,
} from '../../stages/stage.js';
import { classicalFill } from '../classical-fill.js';
import { psnr, ssim } from '../metrics/pictures.js';
import type { Scores } from '../scores.js';
import type { DeocclusionPair, TrueScene } from '../truth.js';
import { scoreSteering } from './deocclude-words.js';

const FILLS = ['deocclude', 'deoccludeNothing', 'deoccludeClassicalFill'] as const;
const LEAST_HIDDEN = 0.01;
/** What is filled in of an object must be enough to have a colour. */
const STEERED_HIDDEN = 0.15;

export async function evaluateDeocclude(
  scene: TrueScene,
  stage: Stage<DeoccludeInput, DeoccludeOutput>,
  estimate: DepthOutput,
  scores: Scores,
  seed: number,
): Promise<void> {
  const { width, height } = scene.picture;
  const masks = scene.objects.map(({ mask }) => mask);
  const occluders = occludersOf(masks, firmEdges(estimate.depth, masks, estimate.edgeReach ?? 0), width, height);
  for (const [index, object] of scene.objects.entries()) {
    const pair = await object.pair?.();
    if (pair === undefined) continue;
    const whole = premultipliedPlanes(pair.whole);
    const toFill = pair.hidden.data.map((value, i) => (value !== 0 && pair.visible.data[i] === 0 ? 1 : 0));
    const share = hiddenShare(whole, toFill);
    if (share < LEAST_HIDDEN) continue;
    const input = { picture: scene.picture, visible: object.mask, hidden: occluders[index], words: object.caption };
    const { object: made, window, before, confidence } = await stage.run(input, { seed: seed + index });
    const seen = inWindow(before, window, pair);
    const fills = {
      deocclude: inWindow(made, window, pair),
      deoccludeNothing: seen,
      deoccludeClassicalFill: classicalFill(seen, toFill),
    };
    const classical = psnr(fills.deoccludeClassicalFill, whole, toFill);
    for (const table of FILLS) {
      const row = scoreFill(fills[table], whole, toFill, classical);
      // The stage says how good it expects to be; the baselines do not.
      const said = table === 'deocclude' ? { confidenceError: Math.abs(confidence - row.silhouetteIou) } : {};
      scores.add(table, scene.index, { ...row, ...said });
    }
    if (share < STEERED_HIDDEN) continue;
    const steered = await scoreSteering(stage, input, object.category, seed + index);
    if (steered) scores.add('deoccludeWords', scene.index, steered);
  }
}

/** `classical` is the classical fill's PSNR, which the gain is measured from. */
function scoreFill(filled: Planes, whole: Planes, toFill: Uint8Array, classical: number) {
  const value = psnr(filled, whole, toFill);
  return {
    psnrGain: value - classical,
    psnr: value,
    ssim: ssim(onWhite(filled), onWhite(whole)),
    silhouetteIou: coverageIou(plane(filled, 3), plane(whole, 3)),
  };
}

/** The share of the object that is hidden, within the window. */
function hiddenShare(whole: Planes, hidden: Uint8Array): number {
  const coverage = plane(whole, 3);
  let [covered, concealed] = [0, 0];
  for (let i = 0; i < hidden.length; i++) {
    if (coverage[i] <= 0.5) continue;
    covered++;
    concealed += hidden[i];
  }
  return covered === 0 ? 0 : concealed / covered;
}

/** A stage's picture of `window`, premultiplied, in the window and at the size of the pair. */
function inWindow(picture: PictureWithAlpha, window: Window, pair: DeocclusionPair): Planes {
  const scale = picture.width / window.side;
  const side = pair.window.side * scale;
  const rect: Rect = {
    x: (pair.window.x - window.x) * scale,
    y: (pair.window.y - window.y) * scale,
    width: side,
    height: side,
  };
  return resample(premultipliedPlanes(picture), rect, pair.whole.width, pair.whole.height, 0);
}

/** Premultiplied colours laid on white: three planes. */
function onWhite(planes: Planes): Planes {
  const result = createPlanes(3, planes.width, planes.height);
  const size = planes.width * planes.height;
  const coverage = plane(planes, 3);
  for (let i = 0; i < result.data.length; i++) result.data[i] = planes.data[i] + 1 - coverage[i % size];
  return result;
}

function coverageIou(a: Float32Array, b: Float32Array): number {
  let [overlap, union] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const [inA, inB] = [a[i] > 0.5, b[i] > 0.5];
    if (inA && inB) overlap++;
    if (inA || inB) union++;
  }
  return union === 0 ? 0 : overlap / union;
}
