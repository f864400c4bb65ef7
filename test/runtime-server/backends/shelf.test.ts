import { describe, expect, test } from 'vitest';
import { openStages } from '../../../runtime-server/src/backends/index.js';
import { stageMemory } from '../../../runtime-server/src/backends/memory.js';
import { StageShelf } from '../../../runtime-server/src/backends/shelf.js';
import { loadPack } from '../../../runtime-server/src/models/index.js';
import { EMBEDDED_PACK } from '../../../runtime-server/src/packs.js';
import { STAGE_NAMES, type Stage, type StageName } from '../../../runtime-server/src/stages/stage.js';

const context = { seed: 1 };

/** A stage that notes when it is opened, run and closed, and what is open at once. */
function accountant(shelf: StageShelf) {
  const log: string[] = [];
  const open = new Map<string, number>();
  let most = 0;
  const place = (name: StageName, bytes: number): Stage<number, number> =>
    shelf.place(name, bytes, async () => {
      log.push(`open ${name}`);
      open.set(name, bytes);
      most = Math.max(most, [...open.values()].reduce((a, b) => a + b)); // prettier-ignore
      return {
        name,
        run: async (input: number) => {
          if (!open.has(name)) throw new Error(`${name} ran after it was closed`);
          await new Promise((resolve) => setTimeout(resolve, 1));
          log.push(`run ${name}`);
          return input + 1;
        },
        dispose: async () => {
          log.push(`close ${name}`);
          open.delete(name);
        },
      };
    });
  return { log, place, most: () => most, open };
}

describe('stages under a limit of memory', () => {
  test('that fit together are loaded once and stay', async () => {
    const shelf = new StageShelf(10);
    const { log, place } = accountant(shelf);
    const [depth, shape] = [place('depth', 4), place('shape', 6)];
    for (const name of ['depth', 'shape'] as const) await shelf.preload(name);
    for (let i = 0; i < 2; i++) {
      expect(await depth.run(1, context)).toBe(2);
      await shape.run(1, context);
    }
    expect(log).toEqual(['open depth', 'open shape', 'run depth', 'run shape', 'run depth', 'run shape']);
  });

  test('that do not fit together take turns, the one used longest ago first', async () => {
    const shelf = new StageShelf(10);
    const { log, place, most } = accountant(shelf);
    const stages = [place('segment', 3), place('depth', 4), place('shape', 7)];
    for (const name of ['segment', 'depth', 'shape'] as const) await shelf.preload(name);
    expect(shelf.loaded).toEqual(['segment', 'depth']);
    for (const stage of stages) await stage.run(1, context);
    expect(log.slice(2)).toEqual([
      'run segment',
      'run depth',
      'close segment',
      'close depth',
      'open shape',
      'run shape',
    ]);
    expect(most()).toBe(7);
    await stages[0].run(1, context);
    expect(shelf.loaded).toEqual(['shape', 'segment']);
    expect(most()).toBe(10);
  });

  test('run one after the other, so that none is released while it runs', async () => {
    const shelf = new StageShelf(5);
    const { place, most } = accountant(shelf);
    const stages = [place('depth', 4), place('shape', 4)];
    const answers = await Promise.all([1, 2, 3, 4].map((input) => stages[input % 2].run(input, context)));
    expect(answers).toEqual([2, 3, 4, 5]);
    expect(most()).toBe(4);
  });

  test('a stage that alone takes more is refused, with both figures', () => {
    const shelf = new StageShelf(2 ** 30);
    expect(() => accountant(shelf).place('shape', 3 * 2 ** 30)).toThrow(
      expect.objectContaining({ code: 'bad-request', message: expect.stringMatching(/shape takes 3\.00 GiB.*1\.00/) }),
    );
  });

  test('after disposal nothing is loaded', async () => {
    const shelf = new StageShelf(10);
    const { place, open } = accountant(shelf);
    const depth = place('depth', 4);
    await depth.run(1, context);
    await depth.dispose();
    expect([...open]).toEqual([]);
    expect(shelf.loadedBytes).toBe(0);
  });

  test('a stage that cannot be opened says so each time, and takes no place', async () => {
    const shelf = new StageShelf(10);
    const broken = shelf.place<number, number>('depth', 4, async () => Promise.reject(new Error('no such graph')));
    await expect(broken.run(1, context)).rejects.toThrow('no such graph');
    await expect(broken.run(1, context)).rejects.toThrow('no such graph');
    expect(shelf.loadedBytes).toBe(0);
  });
});

describe('the pack that ships', () => {
  test('opens every stage by its backend; with just enough for the largest, one at a time', async () => {
    const pack = await loadPack(EMBEDDED_PACK);
    const largest = Math.max(...STAGE_NAMES.map((name) => stageMemory(pack, name)));
    const stages = await openStages(pack, { memoryLimit: largest, threads: 1 });
    const picture = { width: 64, height: 48, data: new Uint8Array(64 * 48 * 3).map((_, i) => (i * 7919) & 255) };
    const visible = { width: 64, height: 48, data: new Uint8Array(64 * 48).fill(1, 1000, 2000) };
    const hidden = { ...visible, data: new Uint8Array(64 * 48) };
    const round = async () => {
      const { depth } = await stages.depth.run({ picture }, context);
      const { object } = await stages.deocclude.run({ picture, visible, hidden, words: '' }, { seed: 1, effort: 0.1 });
      return { depth, object };
    };
    const first = await round();
    expect(first.depth).toHaveLength(64 * 48);
    expect(first.object.data.some((value) => value > 0)).toBe(true);
    // Loaded again they answer the same.
    expect(await round()).toEqual(first);
    await Promise.all(Object.values(stages).map((stage: Stage<never, unknown>) => stage.dispose()));
  });
});
