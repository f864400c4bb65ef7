/** Sampling by flow matching: from noise at t = 0 to data at t = 1, in equal Euler steps. */
import type { Random } from '@scenemaker/sdk';
import { sizeOf, type Tensor } from '../models/index.js';

/**
 * Normal noise. Its standard deviation `temperature` is 1 where a model has learned the whole
 * distribution; less keeps one that has not near what is most likely.
 */
export function noise(shape: readonly number[], random: Random, temperature = 1): Tensor {
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = temperature * random.normal();
  return { data, shape };
}

/** The number of steps for an effort where 1 is `recommended`; at least 2. */
export const stepsFor = (recommended: number, effort: number): number => Math.max(2, Math.round(recommended * effort));

/**
 * Follows `velocity(x, time)`, where `time` holds one number for each item of the first axis.
 * `start` is changed in place and returned.
 */
export async function integrate(
  start: Tensor,
  steps: number,
  velocity: (x: Tensor, time: Tensor) => Promise<Tensor>,
  onStep?: (fraction: number) => void,
): Promise<Tensor> {
  const batch = start.shape[0];
  for (let step = 0; step < steps; step++) {
    const time: Tensor = { data: new Float32Array(batch).fill(step / steps), shape: [batch] };
    const { data } = await velocity(start, time);
    for (let i = 0; i < start.data.length; i++) start.data[i] += data[i] / steps;
    onStep?.((step + 1) / steps);
  }
  return start;
}
