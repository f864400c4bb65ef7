/** What each thread of a pool runs. */
import { type Compute, computeHere } from './tasks.js';

export interface Call {
  task: keyof Compute;
  args: unknown[];
}

export const carryOut = ({ task, args }: Call): Promise<unknown> =>
  (computeHere[task] as (...given: unknown[]) => Promise<unknown>)(...args);
