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

type IsBefore = (item: number, other: number) => boolean;

/**
 * @param count Items are 0 to `count - 1`.
 * @param isBefore Of two items with one score; by default the lower one leaves first.
 */
export function createQueue(count: number, isBefore: IsBefore = (item, other) => item < other): Queue {
  return new Heap(count, isBefore);
}

/** A class, since V8 would compile functions that close over variables anew for each queue. */
class Heap implements Queue {
  readonly #isBefore: IsBefore;
  readonly #scores: Float64Array;
  readonly #items: Int32Array;
  /** Of each item; -1 where it is not in. */
  readonly #places: Int32Array;
  #size = 0;

  constructor(count: number, isBefore: IsBefore) {
    this.#isBefore = isBefore;
    this.#scores = new Float64Array(count);
    this.#items = new Int32Array(count);
    this.#places = new Int32Array(count).fill(-1);
  }

  size(): number {
    return this.#size;
  }

  set(item: number, score: number): void {
    const place = this.#places[item];
    this.#settle(place < 0 ? this.#size++ : place, item, score);
  }

  remove(item: number): void {
    const place = this.#places[item];
    if (place >= 0) this.#removeAt(place);
  }

  pop(): number {
    const item = this.#items[0];
    this.#removeAt(0);
    return item;
  }

  #removeAt(place: number): void {
    this.#places[this.#items[place]] = -1;
    const last = --this.#size;
    if (place < last) this.#settle(place, this.#items[last], this.#scores[last]);
  }

  /** Puts it where it belongs, seen from a place that is free. */
  #settle(hole: number, item: number, score: number): void {
    const risen = this.#rise(hole, item, score);
    this.#put(risen === hole ? this.#sink(hole, item, score) : risen, item, score);
  }

  #rise(from: number, item: number, score: number): number {
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> LOG_CHILDREN;
      if (this.#leads(parent, item, score)) break;
      this.#put(hole, this.#items[parent], this.#scores[parent]);
      hole = parent;
    }
    return hole;
  }

  #sink(from: number, item: number, score: number): number {
    const scores = this.#scores;
    const size = this.#size;
    let hole = from;
    for (let first = (hole << LOG_CHILDREN) + 1; first < size; first = (hole << LOG_CHILDREN) + 1) {
      let least = first;
      const end = Math.min(size, first + CHILDREN);
      for (let child = first + 1; child < end; child++)
        if (this.#leads(child, this.#items[least], scores[least])) least = child;
      if (!this.#leads(least, item, score)) break;
      this.#put(hole, this.#items[least], scores[least]);
      hole = least;
    }
    return hole;
  }

  /** Whether what is at `place` leaves before `item`. */
  #leads(place: number, item: number, score: number): boolean {
    const own = this.#scores[place];
    return own < score || (own === score && this.#isBefore(this.#items[place], item));
  }

  #put(place: number, item: number, score: number): void {
    this.#scores[place] = score;
    this.#items[place] = item;
    this.#places[item] = place;
  }
}
