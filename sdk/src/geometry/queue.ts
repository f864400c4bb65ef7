/** Numbers in a queue, lowest score first, whose scores change: a binary heap that knows where each of them is. */
export interface Queue {
  size(): number;
  /** Puts `item` in, or moves it to where it belongs now. */
  set(item: number, score: number): void;
  /** Does nothing where it is not in. */
  remove(item: number): void;
  /** Takes the first one out. */
  pop(): number;
}

/** Of each place; more than two make the heap flatter, so that less is moved. */
const LOG_CHILDREN = 2;
const CHILDREN = 1 << LOG_CHILDREN;

/**
 * @param count Items are 0 to `count - 1`.
 * @param isBefore Of two items with one score; by default the lower one leaves first.
 */
export function createQueue(
  count: number,
  isBefore: (item: number, other: number) => boolean = (item, other) => item < other,
): Queue {
  const scores = new Float64Array(count);
  const items = new Int32Array(count);
  const places = new Int32Array(count).fill(-1);
  let size = 0;

  const leadsAt = (place: number, item: number, score: number): boolean =>
    scores[place] < score || (scores[place] === score && isBefore(items[place], item));
  const put = (place: number, item: number, score: number): void => {
    scores[place] = score;
    items[place] = item;
    places[item] = place;
  };
  const rise = (hole: number, item: number, score: number): number => {
    while (hole > 0) {
      const parent = (hole - 1) >> LOG_CHILDREN;
      if (leadsAt(parent, item, score)) break;
      put(hole, items[parent], scores[parent]);
      hole = parent;
    }
    return hole;
  };
  const sink = (hole: number, item: number, score: number): number => {
    for (let first = (hole << LOG_CHILDREN) + 1; first < size; first = (hole << LOG_CHILDREN) + 1) {
      let least = first;
      const end = Math.min(size, first + CHILDREN);
      for (let child = first + 1; child < end; child++) if (leadsAt(child, items[least], scores[least])) least = child;
      if (!leadsAt(least, item, score)) break;
      put(hole, items[least], scores[least]);
      hole = least;
    }
    return hole;
  };
  /** Puts it where it belongs, seen from a place that is free. */
  const settle = (hole: number, item: number, score: number): void => {
    const risen = rise(hole, item, score);
    put(risen === hole ? sink(hole, item, score) : risen, item, score);
  };
  const removeAt = (place: number): void => {
    places[items[place]] = -1;
    size--;
    if (place < size) settle(place, items[size], scores[size]);
  };

  return {
    size: () => size,
    set(item, score) {
      settle(places[item] < 0 ? size++ : places[item], item, score);
    },
    remove(item) {
      if (places[item] >= 0) removeAt(places[item]);
    },
    pop() {
      const item = items[0];
      removeAt(0);
      return item;
    },
  };
}
