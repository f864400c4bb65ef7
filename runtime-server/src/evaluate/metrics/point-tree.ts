/** Nearest neighbours in a cloud of points: a balanced k-d tree in typed arrays. */

/** Ranges of at most this many points are searched one by one. */
const LEAF_SIZE = 8;

/**
 * About a microsecond for each point to build, and about that for each query where query and cloud are
 * surfaces close to each other.
 */
export class PointTree {
  /** The cloud, stride 3, in the order of the tree: neighbours in space are close in memory. */
  readonly points: Float32Array;
  readonly count: number;
  /** The squared distance that the last query found. */
  squared = Infinity;

  // Node n splits its range in the middle along an axis; its halves are nodes 2n + 1 and 2n + 2.
  readonly #axes: Uint8Array;
  readonly #splits: Float32Array;
  #best = -1;
  #x = 0;
  #y = 0;
  #z = 0;

  /** `points` (stride 3) is copied. */
  constructor(points: Float32Array) {
    this.count = points.length / 3;
    let nodes = 1;
    for (let size = this.count; size > LEAF_SIZE; size = (size + 1) >> 1) nodes = 2 * nodes + 1;
    this.#axes = new Uint8Array(nodes);
    this.#splits = new Float32Array(nodes);
    this.points = points.slice();
    this.#build(0, 0, this.count);
  }

  /**
   * The index in `points` of the point nearest to (x, y, z); -1 in an empty cloud.
   * @param guess A point that is probably near, where one is known: it narrows the search.
   */
  nearest(x: number, y: number, z: number, guess = -1): number {
    this.#x = x;
    this.#y = y;
    this.#z = z;
    this.#best = guess;
    this.squared = Infinity;
    if (guess >= 0) {
      const p = this.points;
      const dx = p[3 * guess] - x;
      const dy = p[3 * guess + 1] - y;
      const dz = p[3 * guess + 2] - z;
      this.squared = dx * dx + dy * dy + dz * dz;
    }
    if (this.count > 0) this.#visit(0, 0, this.count, 0, 0, 0);
    return this.#best;
  }

  /**
   * Searches the points first to last of a node's cell, which the query lies (ox, oy, oz) away from along the
   * axes (S. Arya and D. Mount, Algorithms for fast vector quantization, 1993).
   */
  #visit(node: number, first: number, last: number, ox: number, oy: number, oz: number): void {
    if (last - first <= LEAF_SIZE) {
      this.#search(first, last);
      return;
    }
    const middle = (first + last) >> 1;
    const axis = this.#axes[node];
    const offset = (axis === 0 ? this.#x : axis === 1 ? this.#y : this.#z) - this.#splits[node];
    if (offset < 0) this.#visit(2 * node + 1, first, middle, ox, oy, oz);
    else this.#visit(2 * node + 2, middle, last, ox, oy, oz);
    const x = axis === 0 ? offset : ox;
    const y = axis === 1 ? offset : oy;
    const z = axis === 2 ? offset : oz;
    if (x * x + y * y + z * z >= this.squared) return;
    if (offset < 0) this.#visit(2 * node + 2, middle, last, x, y, z);
    else this.#visit(2 * node + 1, first, middle, x, y, z);
  }

  #search(first: number, last: number): void {
    const p = this.points;
    for (let i = first, k = 3 * first; i < last; i++, k += 3) {
      const dx = p[k] - this.#x;
      const dy = p[k + 1] - this.#y;
      const dz = p[k + 2] - this.#z;
      const squared = dx * dx + dy * dy + dz * dz;
      if (squared < this.squared) {
        this.squared = squared;
        this.#best = i;
      }
    }
  }

  #build(node: number, first: number, last: number): void {
    if (last - first <= LEAF_SIZE) return;
    const axis = this.#longestAxis(first, last);
    const middle = (first + last) >> 1;
    this.#select(axis, first, last - 1, middle);
    this.#axes[node] = axis;
    this.#splits[node] = this.points[3 * middle + axis];
    this.#build(2 * node + 1, first, middle);
    this.#build(2 * node + 2, middle, last);
  }

  #longestAxis(first: number, last: number): number {
    const p = this.points;
    let longest = 0;
    let extent = -1;
    for (let axis = 0; axis < 3; axis++) {
      let low = Infinity;
      let high = -Infinity;
      for (let k = 3 * first + axis; k < 3 * last; k += 3) {
        if (p[k] < low) low = p[k];
        if (p[k] > high) high = p[k];
      }
      if (high - low > extent) {
        extent = high - low;
        longest = axis;
      }
    }
    return longest;
  }

  /** Puts the point that is `wanted`-th along `axis` in its place, smaller ones before it (Hoare's quickselect). */
  #select(axis: number, from: number, to: number, wanted: number): void {
    const p = this.points;
    let low = from;
    let high = to;
    while (low < high) {
      const pivot = p[3 * ((low + high) >> 1) + axis];
      let i = low;
      let j = high;
      while (i <= j) {
        while (p[3 * i + axis] < pivot) i++;
        while (p[3 * j + axis] > pivot) j--;
        if (i > j) break;
        for (let k = 0; k < 3; k++) {
          const kept = p[3 * i + k];
          p[3 * i + k] = p[3 * j + k];
          p[3 * j + k] = kept;
        }
        i++;
        j--;
      }
      if (wanted <= j) high = j;
      else if (wanted >= i) low = i;
      else return;
    }
  }
}
