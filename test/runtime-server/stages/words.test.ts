import { describe, expect, test } from 'vitest';
import { WordTable } from '../../../runtime-server/src/stages/words.js';

const matrix = Float32Array.of(1, 0, 0, 1, 1, 1, -1, 0);
const table = new WordTable(['mug', 'chair', 'coffee cup', 'red'], matrix, { scale: 8, bias: -4, categories: 3 });

describe('a word table', () => {
  test('scores by the cosine between embedding and word', () => {
    expect(table.score([5, 0], 0)).toBeCloseTo(1 / (1 + Math.exp(-4)));
    expect(table.score([0, 5], 0)).toBeCloseTo(1 / (1 + Math.exp(4)));
  });

  test('names the best category, never a modifier', () => {
    expect(table.bestCategory([2, 0.1]).word).toBe('mug');
    expect(table.bestCategory([-3, 0.1]).word).not.toBe('red');
    expect(new WordTable([], new Float32Array(0)).bestCategory([1, 2])).toEqual({ word: 'object', score: 0 });
  });

  test('lifts compare a word with the others of its kind', () => {
    const lifts = table.lifts([1, 0]);
    const weights = [8, 0, 8 * Math.SQRT1_2].map(Math.exp);
    const mean = (weights[0] + weights[1] + weights[2]) / 3;
    weights.forEach((weight, row) => expect(lifts[row]).toBeCloseTo(Math.log(weight / mean), 4));
    // Alone of its kind.
    expect(lifts[3]).toBeCloseTo(0, 6);
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
