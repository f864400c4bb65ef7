/** Takes the objects of a scene through a stage that runs for each by itself. */
import { atOnce, type InTurn } from './stages/stage.js';

/** Objects on their way where the models take one at a time: what is computed around them goes on meanwhile. */
const ON_THEIR_WAY = 3;

/**
 * With `batch` over 1, so many items at once, one group after the other. Else the models of one item run after those of
 * another (`inTurn`), while what comes before and after them is computed of the next. What was made, in the order of the
 * items, without those of which there is nothing. Throws the first of what was thrown, when all that began have ended.
 */
export async function throughStage<Item, Made>(
  items: readonly Item[],
  batch = 1,
  work: (item: Item, index: number, inTurn: InTurn) => Promise<Made | undefined>,
): Promise<Made[]> {
  const inTurn: InTurn = batch > 1 ? atOnce : createTurns();
  const made: (Made | undefined)[] = [];
  const thrown: unknown[] = [];
  const take = async (index: number): Promise<void> => {
    try {
      made[index] = await work(items[index], index, inTurn);
    } catch (error) {
      thrown.push(error);
    }
  };
  let next = 0;
  const takeGroups = async (): Promise<void> => {
    while (next < items.length && thrown.length === 0) {
      const first = next;
      next = Math.min(items.length, first + batch);
      await Promise.all(Array.from({ length: next - first }, (_, i) => take(first + i)));
    }
  };
  await Promise.all(Array.from({ length: batch > 1 ? 1 : ON_THEIR_WAY }, takeGroups));
  if (thrown.length > 0) throw thrown[0];
  return made.filter((one) => one !== undefined);
}

function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
}
