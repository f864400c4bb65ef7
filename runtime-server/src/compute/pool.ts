/** Threads that tasks are shared among. */
import { extname } from 'node:path';
import { Tinypool } from 'tinypool';
import { type Compute, computeBy } from './tasks.js';
import type { Call } from './thread.js';

/** What tasks allocate dies young: with more room for it than by default, jobs take 4 % less time. */
const YOUNG_MEGABYTES = 96;

export interface ComputePool {
  compute: Compute;
  /** Tasks that are not done are given up. */
  close(): Promise<void>;
}

export function createPool(threads: number): ComputePool {
  const { url } = import.meta;
  const filename = new URL(`thread${extname(url)}`, url).href;
  const pool = new Tinypool({
    filename,
    name: 'carryOut',
    minThreads: threads,
    maxThreads: threads,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  });
  return {
    compute: computeBy((task, args) => pool.run({ task, args } satisfies Call)),
    close: () => pool.destroy(),
  };
}
