import { createRandom } from '@scenemaker/sdk';
import { expect, test } from 'vitest';
import { createHeap } from '../../../sdk/src/geometry/heap.js';

interface Entry {
  score: number;
  a: number;
  b: number;
  stamp: number;
}

test('pairs leave a heap as they would a sorted list, whatever comes in between', () => {
  const random = createRandom(1);
  const heap = createHeap();
  const list: Entry[] = [];
  let stamp = 0;
  for (let step = 0; step < 6000; step++) {
    // It grows past what it first holds, then shrinks to nothing.
    if (list.length === 0 || (step < 4000 && random.integer(4) > 0)) {
      // Few scores and many pairs, so that there are ties, but never of the same pair.
      const entry = { score: random.integer(20), a: random.integer(50), b: stamp, stamp };
      stamp++;
      list.push(entry);
      heap.push(entry.score, entry.a, entry.b, entry.stamp);
    } else {
      list.sort((p, q) => p.score - q.score || p.a - q.a || p.b - q.b);
      expect({ ...heap.pop() }).toEqual(list.shift());
    }
    expect(heap.size()).toBe(list.length);
  }
});
