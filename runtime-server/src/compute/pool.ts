/** Threads that tasks are shared among. */
import { extname } from 'node:path';
import { Tinypool } from 'tinypool';
import type { Compute } from './tasks.js';
import type { Call } from './thread.js';

export interface ComputePool {
  compute: Compute;
  /** Tasks that are not done are given up. */
  close(): Promise<void>;
}

export function createPool(threads: number): ComputePool {
  const { url } = import.meta;
  const filename = new URL(`thread${extname(url)}`, url).href;
  const pool = new Tinypool({ filename, minThreads: threads, maxThreads: threads });
  const inThread =
    (task: Call['task']) =>
    (...args: unknown[]): Promise<never> =>
      pool.run({ task, args } satisfies Call, { name: 'carryOut' }) as Promise<never>;
  return {
    compute: {
      meshToDistanceField: inThread('meshToDistanceField'),
      fitPose: inThread('fitPose'),
      textureMesh: inThread('textureMesh'),
    },
    close: () => pool.destroy(),
  };
}
