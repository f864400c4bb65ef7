/**
 * Tables `wordsCategory` and `wordsCaption`: each object is asked for by its category ("chair") and by its caption
 * ("a red wooden chair"), in scenes with others beside it. `wordsKnownCategory`: the categories of which the stage
 * does not say that it does not know them. `wordsAbsent`: a category of another scene, of which there is nothing here.
 */
import { maskIou } from '../../stages/mask-ops.js';
import type { SegmentInput, SegmentOutput, Stage } from '../../stages/stage.js';
import type { Scores } from '../scores.js';
import type { TrueObject, TrueScene } from '../truth.js';
import { SMALLEST_ASKED_SHARE } from './segment.js';

/** From this overlap on a mask is that of an object. */
const LEAST_IOU = 0.25;

const KINDS = [
  { table: 'wordsCategory', textOf: (object: TrueObject) => object.category },
  { table: 'wordsCaption', textOf: (object: TrueObject) => object.caption || object.category },
] as const;

/** `categories` are those of the whole data set. */
export async function evaluateWords(
  scene: TrueScene,
  stage: Stage<SegmentInput, SegmentOutput>,
  scores: Scores,
  { seed, categories }: { seed: number; categories: readonly string[] },
): Promise<void> {
  const { picture, index } = scene;
  const asked = scene.objects.filter(({ share }) => share >= SMALLEST_ASKED_SHARE);
  const find = async (words: string): Promise<{ found: SegmentOutput[number] | undefined; known: boolean }> => {
    let known = true;
    const segments = await stage.run({ picture, hints: [{ words }] }, { seed, onNote: () => (known = false) });
    return { found: segments.find(({ hint }) => hint === 0), known };
  };

  for (const { table, textOf } of asked.length > 1 ? KINDS : []) {
    for (const text of new Set(asked.map(textOf))) {
      const fitting = asked.filter((object) => textOf(object) === text);
      const { found, known } = await find(text);
      const ious = asked.map(({ mask }) => (found === undefined ? 0 : maskIou(found.mask, mask)));
      const best = ious.indexOf(Math.max(...ious));
      const right = ious[best] >= LEAST_IOU && fitting.includes(asked[best]);
      const row = {
        rightObject: right ? 1 : 0,
        chance: fitting.length / asked.length,
        refused: found === undefined ? 1 : 0,
      };
      scores.add(table, index, row);
      if (table === 'wordsCategory' && known) scores.add('wordsKnownCategory', index, row);
    }
  }
  const here = new Set(scene.objects.map(({ category }) => category));
  const away = categories.filter((category) => !here.has(category));
  if (away.length === 0) return;
  const { found } = await find(away[index % away.length]);
  scores.add('wordsAbsent', index, { refused: found === undefined ? 1 : 0 });
}
