/** A binary heap of scored pairs, lowest first, on growing typed arrays. Ties leave in order of the pair. */
export interface PairHeap {
  push(score: number, a: number, b: number, stamp: number): void;
  /** The pair with the lowest score. The object returned is reused by the next call. */
  pop(): { score: number; a: number; b: number; stamp: number };
  size(): number;
}

/** Of each place; more than two make the heap flatter, so that less is moved. */
const LOG_CHILDREN = 2;
const CHILDREN = 1 << LOG_CHILDREN;

export function createHeap(): PairHeap {
  let capacity = 1024;
  let scores = new Float64Array(capacity);
  let pairs = new Int32Array(3 * capacity);
  let count = 0;
  const top = { score: 0, a: 0, b: 0, stamp: 0 };

  /** Whether the pair at `i` leaves before another. */
  const leadsAt = (i: number, score: number, a: number, b: number): boolean =>
    scores[i] < score || (scores[i] === score && (pairs[3 * i] < a || (pairs[3 * i] === a && pairs[3 * i + 1] < b)));
  const set = (i: number, score: number, a: number, b: number, stamp: number): void => {
    scores[i] = score;
    pairs[3 * i] = a;
    pairs[3 * i + 1] = b;
    pairs[3 * i + 2] = stamp;
  };
  const move = (from: number, to: number): void =>
    set(to, scores[from], pairs[3 * from], pairs[3 * from + 1], pairs[3 * from + 2]);

  return {
    size: () => count,
    push(score, a, b, stamp) {
      if (count === capacity) {
        capacity *= 2;
        const moreScores = new Float64Array(capacity);
        moreScores.set(scores);
        scores = moreScores;
        const morePairs = new Int32Array(3 * capacity);
        morePairs.set(pairs);
        pairs = morePairs;
      }
      let hole = count++;
      while (hole > 0) {
        const parent = (hole - 1) >> LOG_CHILDREN;
        if (leadsAt(parent, score, a, b)) break;
        move(parent, hole);
        hole = parent;
      }
      set(hole, score, a, b, stamp);
    },
    pop() {
      top.score = scores[0];
      top.a = pairs[0];
      top.b = pairs[1];
      top.stamp = pairs[2];
      count--;
      const score = scores[count];
      const a = pairs[3 * count];
      const b = pairs[3 * count + 1];
      const stamp = pairs[3 * count + 2];
      let hole = 0;
      for (let first = 1; first < count; first = (hole << LOG_CHILDREN) + 1) {
        let least = first;
        const end = Math.min(count, first + CHILDREN);
        for (let child = first + 1; child < end; child++)
          if (leadsAt(child, scores[least], pairs[3 * least], pairs[3 * least + 1])) least = child;
        if (!leadsAt(least, score, a, b)) break;
        move(least, hole);
        hole = least;
      }
      set(hole, score, a, b, stamp);
      return top;
    },
  };
}
