/** A tree of boxes over triangles. */
const LEAF_SIZE = 4;

export interface BvhTree {
  /** Stride 9. */
  corners: Float64Array;
  /** Of the triangles, those of a leaf one after the other. */
  order: Int32Array;
  /** Stride 6, for each node: min x y z, max x y z. */
  boxes: Float64Array;
  /** Stride 2: first place in `order` and how many, or the right child and 0; the left one follows. */
  links: Int32Array;
}

/** Over triangles, by their corners; halves every box across its longest side. */
export function buildBvhTree(corners: Float64Array): BvhTree {
  const count = corners.length / 9;
  const order = new Int32Array(count);
  const centers = new Float64Array(3 * count);
  for (let t = 0; t < count; t++) {
    order[t] = t;
    for (let k = 0; k < 3; k++)
      centers[3 * t + k] = (corners[9 * t + k] + corners[9 * t + 3 + k] + corners[9 * t + 6 + k]) / 3;
  }
  // There are fewer than two nodes for each triangle.
  const tree = { corners, order, boxes: new Float64Array(12 * count), links: new Int32Array(4 * count) };
  if (count > 0) buildNode(tree, centers, 0, 0, count);
  return tree;
}

/** Of the triangles at `first` to `last - 1` in the order; returns the node after its last one. */
function buildNode(tree: BvhTree, centers: Float64Array, node: number, first: number, last: number): number {
  const { corners, order, boxes, links } = tree;
  const box = 6 * node;
  let axis = 0;
  let half = 0;
  let widest = -Infinity;
  for (let k = 0; k < 3; k++) {
    let [min, max, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = first; i < last; i++) {
      const t = order[i];
      for (let at = 9 * t + k; at < 9 * t + 9; at += 3) {
        const value = corners[at];
        if (value < min) min = value;
        if (value > max) max = value;
      }
      const center = centers[3 * t + k];
      if (center < low) low = center;
      if (center > high) high = center;
    }
    boxes[box + k] = min;
    boxes[box + 3 + k] = max;
    if (k > 0 && !(high - low > widest)) continue;
    widest = high - low;
    axis = k;
    half = (low + high) / 2;
  }
  links[2 * node] = first;
  links[2 * node + 1] = last - first;
  if (last - first <= LEAF_SIZE) return node + 1;
  let middle = first;
  for (let i = first; i < last; i++) {
    if (centers[3 * order[i] + axis] >= half) continue;
    const kept = order[i];
    order[i] = order[middle];
    order[middle++] = kept;
  }
  // Centres that all coincide cannot be told apart by place.
  if (middle === first || middle === last) middle = (first + last) >> 1;
  const right = buildNode(tree, centers, node + 1, first, middle);
  links[2 * node] = right;
  links[2 * node + 1] = 0;
  return buildNode(tree, centers, right, middle, last);
}
