/** What is computed around a model that fills in what is hidden: its condition, and what is kept of what it drew. */
import { type Tensor, zeros } from '../models/tensor.js';
import { components, maskBox, neighbours } from './mask-ops.js';
import {
  clamp01,
  createPlanes,
  maskedPlanes,
  pictureFromPremultiplied,
  type Planes,
  plane,
  resample,
  resampleMask,
  thresholdPlane,
  wholeRect,
  windowRect,
} from './picture-ops.js';
import { joinColors } from './seamless-colors.js';
import type { DeoccludeInput, DeoccludeOutput, Mask, Window } from './stage.js';
import { deoccludeWindow, touchesHidden } from './windows.js';

/** The result is as fine as the picture where the picture is finer than the model, up to this side. */
const LARGEST_SIDE = 256;
/** Coverage above which a pixel belongs to the object. */
const SOLID = 0.5;

/** An object's window, as the model reads it and as the result shows it. */
export interface HiddenObject {
  window: Window;
  /** `deoccludeCondition`'s, D x D. */
  condition: Tensor;
  /** The visible pixels on nothing, premultiplied, and what may be hidden, as fine as the result. */
  before: Planes;
  hidden: Mask;
}

/** @param size D, the side of the model's pictures. Throws a RangeError when nothing of the object is visible. */
export function lookAtHidden(
  { picture, visible, hidden }: Pick<DeoccludeInput, 'picture' | 'visible' | 'hidden'>,
  size: number,
): HiddenObject {
  const box = maskBox(visible);
  if (box === undefined) throw new RangeError('the object has no visible pixels');
  const window = deoccludeWindow(box, touchesHidden(visible, hidden, box));
  const rect = windowRect(window);
  const seen = maskedPlanes(picture, visible);
  const side = Math.min(LARGEST_SIDE, Math.max(size, Math.ceil(window.side)));
  return {
    window,
    condition: deoccludeCondition(resample(seen, rect, size, size, 0), resampleMask(hidden, rect, size, size, 1)),
    before: resample(seen, rect, side, side, 0),
    hidden: resampleMask(hidden, rect, side, side, 1),
  };
}

/** @param drawn [1, 4, D, D], what the model drew: colour premultiplied and coverage, -1 to 1. */
export function fillHidden({ window, condition, before, hidden }: HiddenObject, drawn: Tensor): DeoccludeOutput {
  const [, , size] = drawn.shape;
  const whole: Planes = {
    channels: 4,
    width: size,
    height: size,
    data: drawn.data.map((value) => clamp01((value + 1) / 2)),
  };
  return finishDeocclusion({
    before,
    hidden,
    whole: before.width === size ? whole : resample(whole, wholeRect(whole), before.width, before.height),
    window,
    confidence: expectedOverlap(plane(whole, 3), condition),
    joined: true,
  });
}

/** Keeps what is seen of what a model drew; all of one size, premultiplied. */
export function finishDeocclusion(drawn: {
  /** The visible pixels on nothing. */
  before: Planes;
  hidden: Mask;
  whole: Planes;
  window: Window;
  confidence: number;
  /** Whether colours are made to join those that are seen; absent: they stay as drawn. */
  joined?: boolean;
}): DeoccludeOutput {
  const { before, hidden, whole, window, confidence, joined } = drawn;
  const object = keepWhatIsSeen(before, hidden, whole);
  dropLooseParts(object, before);
  if (joined) joinColors(object, before);
  return { object: pictureFromPremultiplied(object), window, before: pictureFromPremultiplied(before), confidence };
}

/**
 * [1, 5, D, D]: the visible colour * 2 - 1 (-1 where nothing is seen), visible 0 or 1, hidden 0 or 1.
 * `seen` is premultiplied.
 */
export function deoccludeCondition(seen: Planes, hidden: Mask): Tensor {
  const { width, height } = seen;
  const size = width * height;
  const condition = zeros([1, 5, height, width]);
  const coverage = plane(seen, 3);
  for (let i = 0; i < size; i++) {
    const visible = coverage[i] > 0.5;
    for (let channel = 0; channel < 3; channel++) {
      condition.data[channel * size + i] = visible ? (2 * seen.data[channel * size + i]) / coverage[i] - 1 : -1;
    }
    condition.data[3 * size + i] = visible ? 1 : 0;
    condition.data[4 * size + i] = !visible && hidden.data[i] !== 0 ? 1 : 0;
  }
  return condition;
}

/**
 * Overlap over union to expect between the silhouette at half coverage and the true one, where `coverage` (D x D)
 * says how likely each pixel that may be hidden belongs to the object. `condition` is `deoccludeCondition`'s.
 */
export function expectedOverlap(coverage: Float32Array, condition: Tensor): number {
  const size = coverage.length;
  let [overlap, union] = [0, 0];
  for (let i = 0; i < size; i++) {
    const visible = condition.data[3 * size + i];
    const hidden = condition.data[4 * size + i];
    const likely = visible + hidden * coverage[i];
    overlap += likely > SOLID ? likely : 0;
    union += likely > SOLID ? 1 : likely;
  }
  return union === 0 ? 0 : overlap / union;
}

/**
 * Coverage is what is seen, or what the model adds where the object may be hidden; colours are the
 * picture's own in proportion to what is seen. All premultiplied, of one size.
 */
export function keepWhatIsSeen(seen: Planes, hidden: Mask, whole: Planes): Planes {
  const { width, height } = seen;
  const size = width * height;
  const result = createPlanes(4, width, height);
  const coverage = plane(seen, 3);
  const added = plane(whole, 3);
  for (let i = 0; i < size; i++) {
    const visible = coverage[i];
    const alpha = mayBeFilled(seen, hidden, i) ? Math.max(visible, added[i]) : visible;
    if (alpha <= 0) continue;
    const filled = (alpha - visible) / Math.max(added[i], 1e-6);
    for (let channel = 0; channel < 3; channel++) {
      const k = channel * size + i;
      result.data[k] = seen.data[k] + filled * whole.data[k];
    }
    result.data[3 * size + i] = alpha;
  }
  return result;
}

/** Whether what hides the object covers the pixel, or a part of it: the object goes on beneath. */
function mayBeFilled(seen: Planes, hidden: Mask, i: number): boolean {
  if (hidden.data[i] !== 0) return true;
  const { width, height, data } = seen;
  return data[3 * width * height + i] > 0 && neighbours(i, width, height).some((k) => hidden.data[k] !== 0);
}

/** Empties, in place, the parts of `object` that hang together with nothing that was seen. */
export function dropLooseParts(object: Planes, seen: Planes): void {
  const { width, height, data } = object;
  const size = width * height;
  const alpha = { channels: 1, width, height, data: plane(object, 3) };
  const { labels, areas } = components(thresholdPlane(alpha, SOLID));
  const attached = new Uint8Array(areas.length + 1);
  const coverage = plane(seen, 3);
  for (let i = 0; i < size; i++) if (coverage[i] > SOLID) attached[labels[i]] = 1;
  for (let i = 0; i < size; i++) {
    const keep =
      labels[i] === 0 ? coverage[i] > 0 || touches(labels, attached, i, width, height) : attached[labels[i]] === 1;
    if (keep) continue;
    for (let channel = 0; channel < 4; channel++) data[channel * size + i] = 0;
  }
}

/** Whether a pixel of half coverage or less is the soft edge of an attached part. */
function touches(labels: Int32Array, attached: Uint8Array, i: number, width: number, height: number): boolean {
  return neighbours(i, width, height).some((k) => labels[k] > 0 && attached[labels[k]] === 1);
}
