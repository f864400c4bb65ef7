/** What each thread of a pool runs. */
import { carryOutHere, type TaskName } from './tasks.js';

export interface Call {
  task: TaskName;
  args: unknown[];
}

export const carryOut = ({ task, args }: Call): Promise<unknown> => carryOutHere(task, args);
