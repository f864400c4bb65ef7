import { describe, expect, test } from 'vitest';
import { formatReport } from '../../../runtime-server/src/evaluate/print.js';
import { Scores } from '../../../runtime-server/src/evaluate/scores.js';
import { quantile, summarise } from '../../../runtime-server/src/evaluate/statistics.js';

const samples = (values: number[], perGroup = 1) =>
  values.map((value, i) => ({ value, group: Math.floor(i / perGroup) }));

describe('summaries', () => {
  test('mean, median and count', () => {
    const { mean, median, n } = summarise(samples([1, 2, 3, 10]));
    expect({ mean, median, n }).toEqual({ mean: 4, median: 2.5, n: 4 });
  });

  test('the same samples and seed give the same interval; another seed gives another', () => {
    const values = Array.from({ length: 40 }, (_, i) => Math.sin(i));
    expect(summarise(samples(values), 3)).toEqual(summarise(samples(values), 3));
    expect(summarise(samples(values), 3).low).not.toBe(summarise(samples(values), 4).low);
  });

  test('the interval holds the mean and is about 1.96 standard errors wide on each side', () => {
    const values = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 0 : 1));
    const { mean, low, high } = summarise(samples(values));
    expect(mean).toBe(0.5);
    expect(low).toBeCloseTo(0.5 - 1.96 * 0.025, 2);
    expect(high).toBeCloseTo(0.5 + 1.96 * 0.025, 2);
  });

  test('objects of one scene are not independent: their interval is wider', () => {
    const values = Array.from({ length: 400 }, (_, i) => (Math.floor(i / 10) % 2 === 0 ? 0 : 1));
    const width = (perGroup: number): number => {
      const { low, high } = summarise(samples(values, perGroup));
      return high - low;
    };
    expect(width(10)).toBeGreaterThan(2.5 * width(1));
  });

  test('equal values have no spread', () => {
    expect(summarise(samples([2, 2, 2]))).toEqual({ mean: 2, median: 2, low: 2, high: 2, n: 3 });
  });

  test('quantiles lie between values in proportion', () => {
    expect(quantile([10, 0, 20], 0.25)).toBe(5);
    expect(quantile([7], 0.9)).toBe(7);
  });
});

describe('scores', () => {
  test('are gathered by table and metric; what is no number is left out', () => {
    const scores = new Scores();
    scores.add('shape', 0, { cd: 1, fScore: NaN });
    scores.add('shape', 1, { cd: 3 });
    scores.add('depth', 0, {});
    const report = scores.report();
    expect(Object.keys(report)).toEqual(['shape']);
    expect(report.shape).toMatchObject({ cd: { mean: 2, median: 2, n: 2 } });
    expect(report.shape?.fScore).toBeUndefined();
  });

  test('are printed in columns that line up', () => {
    const scores = new Scores();
    scores.add('segment', 0, { recall50: 1, maskIou: 0.9 });
    scores.add('pose', 0, { rotationDeg: 123.4 });
    expect(formatReport(scores.report())).toBe(
      [
        'segment           mean   95 % interval  median  n',
        '  recall50 ↑     1.000  1.000 to 1.000   1.000  1',
        '  maskIou ↑      0.900  0.900 to 0.900   0.900  1',
        '',
        'pose              mean   95 % interval  median  n',
        '  rotationDeg ↓  123.4  123.4 to 123.4   123.4  1',
      ].join('\n'),
    );
  });
});
