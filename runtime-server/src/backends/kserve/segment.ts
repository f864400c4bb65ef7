/**
 * Masks from a server.
 *
 *   image UINT8 [H, W, 3]
 *   max_objects INT32 [1]: how many of what nobody pointed out are wanted; 0 where something is pointed out
 *   hint_words BYTES [N], hint_boxes FP32 [N, 4]: of each thing pointed out; '' and zeros where not given. A box is
 *     x0, y0, x1, y1 in pixels
 *   hint_points FP32 [M, 2], hint_of_point INT32 [M]: points on those things, and the thing's number
 *   ─►
 *   masks UINT8 or BOOL [K, H, W]; they may overlap
 *   scores FP32 [K]: 0 to 1
 *   labels BYTES [K]
 *   hints INT32 [K]: the number of the thing pointed out that this is, or -1; needed where there were any
 *
 * The hints are sent only where there are some. Masks that are given are not sent.
 */
import type { ModelPack } from '../../models/index.js';
import { claimMasks } from '../../stages/mask-claims.js';
import type { Segment, SegmentHint, SegmentInput, SegmentOutput, Stage } from '../../stages/stage.js';
import { RemoteModel } from './client.js';
import * as tensors from './tensors.js';
import { pick, type WireTensor } from './wire.js';

const MOST_OBJECTS = 16;

export async function segment(pack: ModelPack): Promise<Stage<SegmentInput, SegmentOutput>> {
  const model = await RemoteModel.open(pack, 'segment');
  return {
    name: 'segment',
    async run(input: SegmentInput): Promise<SegmentOutput> {
      const { picture, hints = [], maxObjects = MOST_OBJECTS } = input;
      const asked = hints.flatMap((hint, number) => (hint.mask === undefined ? [{ hint, number }] : []));
      if (hints.length > 0 && asked.length === 0) return claimMasks([], input);
      const answer = await model.infer({
        image: tensors.picture(picture),
        max_objects: tensors.integers([hints.length > 0 ? 0 : maxObjects], 1),
        ...(asked.length > 0 && hintTensors(asked.map(({ hint }) => hint))),
      });
      const numbers = asked.map(({ number }) => number);
      return claimMasks(readSegments(answer, picture, hints, numbers), { ...input, maxObjects });
    },
    dispose: async () => {},
  };
}

function hintTensors(hints: readonly SegmentHint[]): Record<string, WireTensor> {
  const points = hints.flatMap(({ points: own = [] }, i) => own.map((point) => ({ point, i })));
  return {
    hint_words: tensors.texts(hints.map(({ words = '' }) => words)),
    hint_boxes: tensors.floats(hints.flatMap(({ box = [0, 0, 0, 0] }) => [...box]), hints.length, 4), // prettier-ignore
    ...(points.length > 0 && {
      hint_points: tensors.floats(points.flatMap(({ point }) => [...point]), points.length, 2), // prettier-ignore
      hint_of_point: tensors.integers(points.map(({ i }) => i), points.length), // prettier-ignore
    }),
  };
}

/** `numbers`: which hint each that was sent is. */
function readSegments(
  answer: Record<string, WireTensor>,
  { width, height }: { width: number; height: number },
  hints: readonly SegmentHint[],
  numbers: readonly number[],
): Segment[] {
  const masks = pick(answer, 'masks', 'UINT8', [-1, height, width]);
  const count = masks.shape[0];
  const scores = pick(answer, 'scores', 'FP32', [count]).data;
  const labels = pick(answer, 'labels', 'BYTES', [count]).data;
  const hinted = numbers.length === 0 ? undefined : pick(answer, 'hints', 'INT32', [count]).data;
  return Array.from({ length: count }, (_, i): Segment => {
    const data = masks.data.slice(i * width * height, (i + 1) * width * height).map((value) => (value > 0 ? 1 : 0));
    const hint = hinted === undefined || hinted[i] < 0 ? undefined : numbers[hinted[i]];
    const label = (hint === undefined ? undefined : hints[hint].words) ?? labels[i];
    const score = Math.min(1, Math.max(0, scores[i]));
    return { mask: { width, height, data }, label, score, ...(hint !== undefined && { hint }) };
  });
}
