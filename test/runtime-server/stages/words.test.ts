import { describe, expect, test } from 'vitest';
import { WordTable } from '../../../runtime-server/src/stages/words.js';

const matrix = Float32Array.of(1, 0, 0, 1, 1, 1, -1, 0);
const table = new WordTable(['mug', 'chair', 'coffee cup', 'red'], matrix, { scale: 8, categories: 3, priors: [0, 0, 0, -2] }); // prettier-ignore

describe('a word table', () => {
  test('lifts compare a category with the other categories', () => {
    const lifts = table.lifts([5, 0]);
    const weights = [8, 0, 8 * Math.SQRT1_2].map(Math.exp);
    const mean = (weights[0] + weights[1] + weights[2]) / 3;
    weights.forEach((weight, row) => expect(lifts[row]).toBeCloseTo(Math.log(weight / mean), 4));
  });

  test('lifts compare any other word with its own odds', () => {
    const share = (logit: number): number => 1 / (1 + Math.exp(-logit));
    for (const [embedding, cosine] of [
      [[-2, 0], 1],
      [[3, 0], -1],
      [[0, 1], 0],
    ] as const)
      // prettier-ignore
      expect(table.lifts(embedding)[3]).toBeCloseTo(Math.log(share(8 * cosine - 2) / share(-2)), 4);
  });

  test('names the best category and its probability, never a modifier', () => {
    const lifts = table.lifts([2, 0.1]);
    const { word, score } = table.bestCategory(lifts);
    expect(word).toBe('mug');
    expect(score).toBeCloseTo(Math.exp(lifts[0]) / 3, 6);
    expect(score).toBeGreaterThan(0.8);
    expect(table.bestCategory(table.lifts([-3, 0.1])).word).not.toBe('red');
    expect(new WordTable([], new Float32Array(0)).bestCategory(new Float32Array(0))).toEqual({ word: 'object', score: 0 }); // prettier-ignore
  });

  test('finds known words and phrases in a text, each once', () => {
    expect(table.rowsIn('A red Coffee cup, beside a mug, a mug!')).toEqual([2, 3, 0]);
    expect(table.rowsIn('')).toEqual([]);
  });

  test('makes a text the mean of its known words, and nothing of an unknown one', () => {
    expect([...table.textVector('red chair')]).toEqual([-0.5, 0.5]);
    expect([...table.textVector('sofa')]).toEqual([0, 0]);
  });
});
