/** Means over what was measured, and how far they can be trusted. */
import { createRandom } from '@scenemaker/sdk';

export interface Summary {
  mean: number;
  median: number;
  /** Ends of the 95 % interval of the mean. */
  low: number;
  high: number;
  /** How many values. */
  n: number;
}

/** One value, and the scene it was measured in. */
export interface Sample {
  value: number;
  group: number;
}

const RESAMPLES = 1000;

/**
 * The interval is from the percentile bootstrap, 1000 resamples: whole scenes are drawn with replacement, since
 * the objects of one scene share its light, its camera and its luck. The same samples and seed give the same
 * interval.
 */
export function summarise(samples: readonly Sample[], seed = 0): Summary {
  const n = samples.length;
  if (n === 0) return { mean: NaN, median: NaN, low: NaN, high: NaN, n };
  const values = samples.map(({ value }) => value);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const groups = new Map<number, { sum: number; count: number }>();
  for (const { value, group } of samples) {
    const { sum, count } = groups.get(group) ?? { sum: 0, count: 0 };
    groups.set(group, { sum: sum + value, count: count + 1 });
  }
  const means = resampledMeans([...groups.values()], seed);
  return { mean, median: quantile(values, 0.5), low: quantile(means, 0.025), high: quantile(means, 0.975), n };
}

function resampledMeans(groups: readonly { sum: number; count: number }[], seed: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: RESAMPLES }, () => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < groups.length; i++) {
      const group = groups[random.integer(groups.length)];
      sum += group.sum;
      count += group.count;
    }
    return sum / count;
  });
}

/** Between the two values next to it, in proportion; `share` is 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
