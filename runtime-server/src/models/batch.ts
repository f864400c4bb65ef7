/** Runs of one graph that are asked for together, as one run: on a GPU that costs little more than each alone. */
import { SceneMakerError } from '@scenemaker/sdk';
import type { ModelSession } from './session.js';
import { concatenate, type Int64Tensor, type Tensor } from './tensor.js';

interface Waiting<I extends string, O extends string> {
  feeds: Record<I, Tensor | Int64Tensor>;
  resolve: (outputs: Record<O, Tensor>) => void;
  reject: (error: unknown) => void;
}

/**
 * Joins runs along the first axis of every input, up to `most` of them, and parts the outputs again. Those join that
 * are asked for before the event loop turns and agree in all other axes. Where a joint run fails, each runs alone, so
 * that one that cannot be computed, or memory for all at once, fails no other.
 */
export function batchRuns<I extends string, O extends string>(
  session: ModelSession<I, O>,
  most: number,
): ModelSession<I, O> {
  let waiting: Waiting<I, O>[] = [];
  const flush = async (): Promise<void> => {
    const groups = new Map<string, Waiting<I, O>[]>();
    for (const run of waiting) {
      const key = joinKey(run.feeds);
      groups.set(key, [...(groups.get(key) ?? []), run]);
    }
    waiting = [];
    for (const group of groups.values()) {
      for (let first = 0; first < group.length; first += most)
        await runJoined(session, group.slice(first, first + most));
    }
  };
  return {
    path: session.path,
    run: (feeds) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(() => void flush());
        waiting.push({ feeds, resolve, reject });
      }),
    dispose: () => session.dispose(),
  };
}

async function runJoined<I extends string, O extends string>(
  session: ModelSession<I, O>,
  runs: readonly Waiting<I, O>[],
): Promise<void> {
  const alone = ({ feeds, resolve, reject }: Waiting<I, O>): Promise<void> => session.run(feeds).then(resolve, reject);
  const [first] = runs;
  const rows = runs.map(({ feeds }) => rowsOf(feeds));
  if (runs.length === 1 || first === undefined || rows.includes(undefined)) {
    for (const run of runs) await alone(run);
    return;
  }
  try {
    const names = Object.keys(first.feeds) as I[];
    const joined = Object.fromEntries(
      names.map((name) => [name, concatenate(runs.map(({ feeds }) => feeds[name] as Tensor))]),
    ) as Record<I, Tensor>;
    const parts = partOutputs(session.path, await session.run(joined), rows as number[]);
    runs.forEach(({ resolve }, index) => resolve(parts[index]));
  } catch {
    for (const run of runs) await alone(run);
  }
}

/** Runs with the same key can be joined. */
function joinKey(feeds: Record<string, Tensor | Int64Tensor>): string {
  return Object.entries(feeds)
    .map(([name, { shape }]) => `${name}:${shape.slice(1).join()}`)
    .join(' ');
}

/** The length of the first axis where all inputs have the same, and all are float32. */
function rowsOf(feeds: Record<string, Tensor | Int64Tensor>): number | undefined {
  const tensors = Object.values(feeds);
  const rows = tensors[0]?.shape[0];
  return tensors.every(({ data, shape }) => data instanceof Float32Array && shape[0] === rows) ? rows : undefined;
}

function partOutputs<O extends string>(
  path: string,
  outputs: Record<O, Tensor>,
  rows: readonly number[],
): Record<O, Tensor>[] {
  const total = rows.reduce((sum, count) => sum + count, 0);
  let from = 0;
  return rows.map((count) => {
    const begin = from;
    from += count;
    const part = Object.entries<Tensor>(outputs).map(([name, { data, shape }]) => {
      if (shape[0] !== total) {
        throw new SceneMakerError('internal', `${path}: ${name} has ${shape[0]} rows for ${total} of the inputs`);
      }
      const row = data.length / total;
      return [name, { data: data.slice(begin * row, from * row), shape: [count, ...shape.slice(1)] }] as const;
    });
    return Object.fromEntries<Tensor>(part) as Record<O, Tensor>;
  });
}
