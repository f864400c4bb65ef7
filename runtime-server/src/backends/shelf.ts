/** Keeps as many stages loaded as memory allows; the one used longest ago makes room for the next. */
import { SceneMakerError } from '@scenemaker/sdk';
import type { Stage, StageName } from '../stages/stage.js';

type AnyStage = Stage<never, unknown>;

interface Slot {
  bytes: number;
  open: () => Promise<AnyStage>;
  loaded?: AnyStage;
  running: Set<Promise<unknown>>;
}

export class StageShelf {
  readonly #limit: number;
  /** The one used last is last. */
  readonly #slots = new Map<StageName, Slot>();
  /** Loading and releasing wait for each other, and releasing for what runs. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param limit Bytes, for all that is loaded at once. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A stage that is loaded when it is run. Errors: bad-request when it alone is over the limit. */
  place<Input, Output>(
    name: StageName,
    bytes: number,
    open: () => Promise<Stage<Input, Output>>,
  ): Stage<Input, Output> {
    if (bytes > this.#limit) {
      throw new SceneMakerError(
        'bad-request',
        `the stage ${name} takes ${toGiB(bytes)} GiB, which is more than the ${toGiB(this.#limit)} GiB allowed`,
        { given: this.#limit, allowed: bytes },
      );
    }
    const slot: Slot = { bytes, open, running: new Set() };
    this.#slots.set(name, slot);
    return {
      name,
      run: async (input, context) => {
        const { running } = await this.#inTurn(async () => {
          const run = ((await this.#use(name)) as Stage<Input, Output>).run(input, context);
          slot.running.add(run);
          return { running: run };
        });
        return running.finally(() => slot.running.delete(running));
      },
      dispose: () => this.#inTurn(async () => this.#release(name)),
    };
  }

  /** Loads a stage if that takes the place of no other. */
  preload(name: StageName): Promise<void> {
    return this.#inTurn(async () => {
      const slot = this.#slots.get(name);
      if (slot && this.loadedBytes + slot.bytes <= this.#limit) await this.#use(name);
    });
  }

  /** Of all stages that are loaded. */
  get loadedBytes(): number {
    return [...this.#slots.values()].reduce((sum, { loaded, bytes }) => sum + (loaded ? bytes : 0), 0);
  }

  get loaded(): StageName[] {
    return [...this.#slots].flatMap(([name, slot]) => (slot.loaded ? [name] : []));
  }

  async #use(name: StageName): Promise<AnyStage> {
    const slot = this.#slots.get(name);
    if (slot === undefined) throw new SceneMakerError('internal', `the stage ${name} has no place`);
    if (slot.loaded === undefined) {
      for (const other of this.loaded) {
        if (this.loadedBytes + slot.bytes <= this.#limit) break;
        await this.#release(other);
      }
      slot.loaded = await slot.open();
    }
    this.#slots.delete(name);
    this.#slots.set(name, slot);
    return slot.loaded;
  }

  async #release(name: StageName): Promise<void> {
    const slot = this.#slots.get(name);
    if (slot?.loaded === undefined) return;
    await Promise.allSettled(slot.running);
    const stage = slot.loaded;
    delete slot.loaded;
    await stage.dispose();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

const toGiB = (bytes: number): string => (bytes / 2 ** 30).toFixed(2);
