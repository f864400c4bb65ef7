import { createRandom } from '@scenemaker/sdk';
import { expect, test } from 'vitest';
import { createQueue } from '../../../sdk/src/geometry/queue.js';

const ITEMS = 100;

test.each([
  ['the lower item', undefined, 1],
  ['what is told to', (item: number, other: number) => item > other, -1],
])(
  'items leave as they would a sorted list, whatever changes in between; of equal ones first %s',
  (_, isBefore, sign) => {
    const random = createRandom(1);
    const queue = createQueue(ITEMS, isBefore);
    const scores = new Map<number, number>();
    for (let step = 0; step < 4000; step++) {
      const item = random.integer(ITEMS);
      const what = random.integer(step < 3000 ? 8 : 3);
      if (what === 0) {
        queue.remove(item);
        scores.delete(item);
      } else if (what < 3 && scores.size > 0) {
        const [first] = [...scores].sort(([a, p], [b, q]) => p - q || sign * (a - b))[0];
        expect(queue.pop()).toBe(first);
        scores.delete(first);
      } else {
        // Few scores, so that there are ties.
        const score = random.integer(20);
        queue.set(item, score);
        scores.set(item, score);
      }
      expect(queue.size()).toBe(scores.size);
    }
  },
);
