/**
 * Table `deoccludeWords`: whether words steer what is filled in (paper, Figure 12).
 *
 * An object is filled in once for each of four colours, asked for with its category ("red mug"). `rightColor` is the
 * share of the colours of which the fill that was asked for it shows more than the fills that were asked for another.
 */
import { type ColorWord, COLOR_WORDS, ColorShares } from '../../stages/color-words.js';
import { createPlanes, type Planes } from '../../stages/picture-ops.js';
import type { DeoccludeInput, DeoccludeOutput, PictureWithAlpha, Stage } from '../../stages/stage.js';
import type { Row } from '../scores.js';

const ASKED: readonly ColorWord[] = ['red', 'green', 'blue', 'yellow'];
/** Fills of fewer pixels, of the stage's own, say nothing of a colour. */
const LEAST_PIXELS = 50;

/** Undefined where next to nothing was filled in. All fills start from the same noise. */
export async function scoreSteering(
  stage: Stage<DeoccludeInput, DeoccludeOutput>,
  input: DeoccludeInput,
  category: string,
  seed: number,
): Promise<Row | undefined> {
  const fills: Float32Array[] = [];
  for (const color of ASKED) {
    const { object, before } = await stage.run({ ...input, words: `${color} ${category}` }, { seed });
    const filled = filledPixels(object, before);
    if (filled.reduce((sum, value) => sum + value, 0) < LEAST_PIXELS) return undefined;
    fills.push(new ColorShares(colorsOf(object)).of(filled));
  }
  const right = ASKED.filter((color, own) => {
    const shares = fills.map((fill) => fill[COLOR_WORDS.indexOf(color)]);
    return shares.every((share, other) => other === own || share < shares[own]);
  });
  return { rightColor: right.length / ASKED.length, chance: 1 / ASKED.length };
}

/** 1 where the picture shows nothing of the object and the stage put something. */
function filledPixels(object: PictureWithAlpha, before: PictureWithAlpha): Float32Array {
  return Float32Array.from({ length: object.width * object.height }, (_, i) =>
    object.data[4 * i + 3] > 127 && before.data[4 * i + 3] < 128 ? 1 : 0,
  );
}

function colorsOf({ width, height, data }: PictureWithAlpha): Planes {
  const planes = createPlanes(3, width, height);
  const size = width * height;
  for (let i = 0; i < size; i++) for (let k = 0; k < 3; k++) planes.data[k * size + i] = data[4 * i + k] / 255;
  return planes;
}
