/** A binary heap of scored pairs, lowest first, on growing typed arrays. Ties leave in order of the pair. */
export interface PairHeap {
  push(score: number, a: number, b: number, stamp: number): void;
  /** The pair with the lowest score. The object returned is reused by the next call. */
  pop(): { score: number; a: number; b: number; stamp: number };
  size(): number;
}

export function createHeap(): PairHeap {
  let capacity = 1024;
  let scores = new Float64Array(capacity);
  let pairs = new Int32Array(3 * capacity);
  let count = 0;
  const top = { score: 0, a: 0, b: 0, stamp: 0 };

  const before = (i: number, j: number): boolean =>
    scores[i] < scores[j] ||
    (scores[i] === scores[j] &&
      (pairs[3 * i] < pairs[3 * j] || (pairs[3 * i] === pairs[3 * j] && pairs[3 * i + 1] < pairs[3 * j + 1])));
  const swap = (i: number, j: number): void => {
    const score = scores[i];
    scores[i] = scores[j];
    scores[j] = score;
    for (let k = 0; k < 3; k++) {
      const kept = pairs[3 * i + k];
      pairs[3 * i + k] = pairs[3 * j + k];
      pairs[3 * j + k] = kept;
    }
  };

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
      scores[count] = score;
      pairs[3 * count] = a;
      pairs[3 * count + 1] = b;
      pairs[3 * count + 2] = stamp;
      for (let i = count++; i > 0;) {
        const parent = (i - 1) >> 1;
        if (!before(i, parent)) break;
        swap(i, parent);
        i = parent;
      }
    },
    pop() {
      top.score = scores[0];
      top.a = pairs[0];
      top.b = pairs[1];
      top.stamp = pairs[2];
      swap(0, --count);
      for (let i = 0; ;) {
        let least = i;
        for (let child = 2 * i + 1; child <= 2 * i + 2; child++)
          if (child < count && before(child, least)) least = child;
        if (least === i) break;
        swap(i, least);
        i = least;
      }
      return top;
    },
  };
}
