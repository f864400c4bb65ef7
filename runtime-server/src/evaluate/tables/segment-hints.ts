/**
 * Tables `segmentBoxes` and `segmentPoints`: each object is pointed out by itself, by the box of its visible pixels,
 * or by one point well inside them, as somebody would click.
 */
import { maskBox, maskIou } from '../../stages/mask-ops.js';
import type { Mask, SegmentHint, SegmentInput, SegmentOutput, Stage } from '../../stages/stage.js';
import type { Scores } from '../scores.js';
import type { TrueScene } from '../truth.js';
import { SMALLEST_ASKED_SHARE } from './segment.js';

const RIGHT_IOU = 0.5;

const KINDS = [
  { table: 'segmentBoxes', hintOf: boxHint },
  { table: 'segmentPoints', hintOf: pointHint },
] as const;

export async function evaluateSegmentHints(
  scene: TrueScene,
  stage: Stage<SegmentInput, SegmentOutput>,
  scores: Scores,
  seed: number,
): Promise<void> {
  const { picture, index } = scene;
  for (const { mask, share } of scene.objects) {
    if (share < SMALLEST_ASKED_SHARE) continue;
    for (const { table, hintOf } of KINDS) {
      const found = (await stage.run({ picture, hints: [hintOf(mask)] }, { seed })).find(({ hint }) => hint === 0);
      const bestIou = found === undefined ? 0 : maskIou(found.mask, mask);
      const right = bestIou >= RIGHT_IOU;
      scores.add(table, index, { recall50: right ? 1 : 0, ...(right && { maskIou: bestIou }), bestIou });
    }
  }
}

function boxHint(mask: Mask): SegmentHint {
  const box = maskBox(mask);
  if (box === undefined) throw new RangeError('an object that is asked for shows no pixel');
  return { box: [box.x0, box.y0, box.x1, box.y1] };
}

function pointHint(mask: Mask): SegmentHint {
  return { points: [innermostPoint(mask)] };
}

/** The middle of the pixel farthest from the mask's border, in steps along rows and columns; the first of equals. */
export function innermostPoint({ width, height, data }: Mask): [number, number] {
  const steps = new Float64Array(width * height);
  const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= width || y >= height ? 0 : steps[y * width + x]);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      steps[y * width + x] = data[y * width + x] && 1 + Math.min(at(x - 1, y), at(x, y - 1));
  }
  let best = 0;
  for (let i = steps.length - 1; i >= 0; i--) {
    const [x, y] = [i % width, Math.floor(i / width)];
    steps[i] = Math.min(steps[i], 1 + Math.min(at(x + 1, y), at(x, y + 1)));
    if (steps[i] >= steps[best]) best = i;
  }
  return [(best % width) + 0.5, Math.floor(best / width) + 0.5];
}
