import { describe, expect, test } from 'vitest';
import { COLOR_WORDS, ColorShares } from '../../../runtime-server/src/stages/color-words.js';
import { createPlanes, type Planes } from '../../../runtime-server/src/stages/picture-ops.js';
import { aboutUnknown, nearestWords, parsePrompt, promptFit } from '../../../runtime-server/src/stages/prompt.js';
import { fillHintsByWords } from '../../../runtime-server/src/stages/segment-hints.js';
import type { Claim } from '../../../runtime-server/src/stages/segment-masks.js';
import { WordTable } from '../../../runtime-server/src/stages/words.js';

const WORDS = ['cup', 'chair', 'coffee machine', 'berry', 'knife', 'sofa', 'red', 'tall', 'wooden'];
const table = new WordTable(
  WORDS,
  Float32Array.from({ length: 2 * WORDS.length }, (_, i) => i),
  { categories: 6 },
);
const rows = (text: string) => parsePrompt(text, table).rows.map((row) => WORDS[row]);

describe('a prompt', () => {
  test.each([
    ['the tall cup', ['tall', 'cup']],
    ['Chairs!', ['chair']],
    ['some of the berries and knives', ['berry', 'knife']],
    ['a coffee machine', ['coffee machine']],
    ['a cup, a cup', ['cup']],
    ['mug', ['cup']],
    ['couches', ['sofa']],
    ['wood', ['wooden']],
    ['', []],
  ])('%s', (text, expected) => {
    expect(rows(text)).toEqual(expected);
    expect(parsePrompt(text, table).unknown).toEqual([]);
  });

  test('colours are read by their names, not by the table', () => {
    expect(parsePrompt('the red and grey thing', table)).toEqual({ rows: [], colors: ['red', 'gray'], unknown: [] });
  });

  test('unknown words are named, with the nearest known ones', () => {
    const prompt = parsePrompt('a tall xylophone on a chain', table);
    expect(prompt.unknown).toEqual(['xylophone', 'chain']);
    expect(aboutUnknown(prompt, table)).toMatch(/^I know no word "xylophone" \(nearest known: .+\), nor "chain" \(nearest known: chair, /); // prettier-ignore
    expect(aboutUnknown(parsePrompt('a chair', table), table)).toBeUndefined();
    expect(nearestWords('kitten', ['sitting', 'mitten', 'kit'], 2)).toEqual(['mitten', 'sitting']);
  });

  test('fits by the sum over what is asked for; one of which nothing is known fits nothing', () => {
    const lifts = Float32Array.from(WORDS, (_, row) => row);
    const shares = Float32Array.from(COLOR_WORDS, (word) => (word === 'red' ? 0.99 : 0));
    const fit = (text: string) => promptFit(parsePrompt(text, table), lifts, shares);
    expect(fit('tall chair')).toBe(7 + 1);
    expect(fit('red')).toBeCloseTo(Math.log(COLOR_WORDS.length), 5);
    expect(fit('blue')).toBeCloseTo(Math.log(0.01 * COLOR_WORDS.length), 5);
    expect(fit('xylophone')).toBe(-Infinity);
  });
});

describe('colours of pixels', () => {
  const SIDE = 10;
  const mask = new Float32Array(SIDE * SIDE).fill(1, 0, 50);
  /** The upper half in `color`, the lower half grey with some white in it. */
  function picture(color: number[]): Planes {
    const planes = createPlanes(3, SIDE, SIDE);
    for (let i = 0; i < planes.data.length; i++) {
      const pixel = i % (SIDE * SIDE);
      planes.data[i] = (pixel < 50 ? color[Math.floor(i / (SIDE * SIDE))] : pixel < 90 ? 128 : 235) / 255;
    }
    return planes;
  }
  const nameOf = (color: number[]): string => {
    const shares = new ColorShares(picture(color)).of(mask);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 3);
    return COLOR_WORDS[shares.indexOf(Math.max(...shares))];
  };

  test.each([
    [[190, 30, 30], 'red'],
    [[110, 15, 20], 'red'],
    [[40, 70, 170], 'blue'],
    [[60, 130, 50], 'green'],
    [[250, 215, 50], 'yellow'],
    [[100, 65, 40], 'brown'],
    [[15, 15, 18], 'black'],
    [[240, 240, 238], 'white'],
    [[120, 120, 125], 'gray'],
  ])('%j is %s', (color, name) => {
    expect(nameOf(color)).toBe(name);
  });

  test('a dark picture is looked at as if it were brighter', () => {
    const dark = picture([190, 30, 30]);
    const shares = new ColorShares({ ...dark, data: dark.data.map((value) => 0.5 * value) }).of(mask);
    expect(COLOR_WORDS[shares.indexOf(Math.max(...shares))]).toBe('red');
  });

  test('two colours share, and an empty mask has none', () => {
    const both = new ColorShares(picture([190, 30, 30])).of(new Float32Array(SIDE * SIDE).fill(1, 0, 90));
    expect(both[COLOR_WORDS.indexOf('red')]).toBeGreaterThan(0.45);
    expect(both[COLOR_WORDS.indexOf('gray')]).toBeGreaterThan(0.35);
    expect(Math.max(...new ColorShares(picture([9, 9, 9])).of(new Float32Array(SIDE * SIDE)))).toBe(0);
  });
});

describe('hints of words alone', () => {
  const claim = (label: string): Claim & { label: string } => ({
    label,
    mask: { width: 1, height: 1, data: Uint8Array.of(1) },
    score: 1,
    proposal: { logits: Float32Array.of(label.length), width: 1, height: 1, peak: 1 },
  });
  const found = [claim('cup'), claim('sofa')];
  const fits: Record<string, Record<string, number>> = {
    cup: { cup: 2, sofa: 1 },
    thing: { cup: 1.5, sofa: 0.5 },
    chair: { cup: -1, sofa: -0.1 },
  };
  /** [hint, number of letters of what it was given]: the proposal's only logit. */
  const fill = (...words: string[]) =>
    fillHintsByWords(
      words.map((word) => ({ words: word })),
      found,
      (candidate, word) => fits[word][(candidate as (typeof found)[0]).label],
    ).map(({ hint, logits }) => [hint, logits[0]]);
  const [CUP, SOFA] = ['cup'.length, 'sofa'.length];

  test('get the object that fits best, each object once, the best fit first', () => {
    expect(fill('cup')).toEqual([[0, CUP]]);
    expect(fill('thing', 'cup')).toEqual([[1, CUP], [0, SOFA]]); // prettier-ignore
  });

  test('get nothing where nothing fits better than by chance', () => {
    expect(fill('chair')).toEqual([]);
    expect(fill('chair', 'cup')).toEqual([[1, CUP]]);
  });

  test('hints by box, point or mask are not filled by words', () => {
    const hints = [
      { words: 'cup', box: [0, 0, 1, 1] as const },
      { words: 'cup', points: [[0, 0] as const] },
    ];
    expect(fillHintsByWords(hints, found, () => 1)).toEqual([]);
  });
});
