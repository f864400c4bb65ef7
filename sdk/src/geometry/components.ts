/** Connected parts of a mesh. */

export interface Components {
  /** For each triangle the number of its part, 0 upward in order of appearance. */
  component: Int32Array;
  count: number;
}

/** Parts that share no vertex. */
export function triangleComponents(indices: ArrayLike<number>, vertexCount: number): Components {
  const sets = createSets(vertexCount);
  for (let i = 0; i + 2 < indices.length; i += 3) {
    sets.join(indices[i], indices[i + 1]);
    sets.join(indices[i], indices[i + 2]);
  }
  return number(Math.floor(indices.length / 3), (triangle) => sets.find(indices[3 * triangle]));
}

/**
 * The closed surfaces that a closed mesh is made of. Unlike `triangleComponents` it tells apart what merely
 * touches at a corner or along an edge.
 */
export function closedComponents(indices: ArrayLike<number>, vertexCount: number): Components {
  const triangles = Math.floor(indices.length / 3);
  const sets = createSets(triangles);
  const crowded: Side[][] = [];
  forEachEdge(indices, vertexCount, (sides) => {
    if (sides.length === 2) sets.join(sides[0].triangle, sides[1].triangle);
    else crowded.push(sides);
  });
  for (const group of crowded) {
    // A surface that passes the edge unevenly goes on in another one.
    const balance = new Map<number, number>();
    for (const { triangle, up } of group) {
      const set = sets.find(triangle);
      balance.set(set, (balance.get(set) ?? 0) + (up ? 1 : -1));
    }
    const uneven = [...balance].filter(([, sum]) => sum !== 0).map(([set]) => set);
    for (const set of uneven) sets.join(uneven[0], set);
  }
  return number(triangles, (triangle) => sets.find(triangle));
}

interface Side {
  triangle: number;
  /** Runs from the vertex of lower number to that of higher. */
  up: boolean;
}

/** Calls back with the sides of triangles that lie on each edge. */
function forEachEdge(indices: ArrayLike<number>, vertexCount: number, visit: (sides: Side[]) => void): void {
  const sides = 3 * Math.floor(indices.length / 3);
  const end = (k: number): number => indices[k % 3 === 2 ? k - 2 : k + 1];
  // Sorted by the lower vertex first: a bucket each, so that it takes no comparing.
  const starts = new Int32Array(vertexCount + 1);
  for (let k = 0; k < sides; k++) starts[Math.min(indices[k], end(k)) + 1]++;
  for (let v = 0; v < vertexCount; v++) starts[v + 1] += starts[v];
  const fill = starts.slice();
  const sorted = new Float64Array(sides);
  for (let k = 0; k < sides; k++)
    sorted[fill[Math.min(indices[k], end(k))]++] = Math.max(indices[k], end(k)) * sides + k;
  for (let v = 0; v < vertexCount; v++) {
    const bucket = sorted.subarray(starts[v], starts[v + 1]).sort();
    for (let first = 0, next = 0; first < bucket.length; first = next) {
      const high = Math.floor(bucket[first] / sides);
      const found: Side[] = [];
      for (; next < bucket.length && Math.floor(bucket[next] / sides) === high; next++) {
        const k = bucket[next] % sides;
        found.push({ triangle: Math.floor(k / 3), up: indices[k] === v });
      }
      visit(found);
    }
  }
}

/** Disjoint sets of the numbers from 0 to before `count`. */
function createSets(count: number): { find: (item: number) => number; join: (a: number, b: number) => void } {
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  const find = (item: number): number => {
    let root = item;
    while (parent[root] !== root) root = parent[root];
    while (parent[item] !== root) {
      const next = parent[item];
      parent[item] = root;
      item = next;
    }
    return root;
  };
  return {
    find,
    join(a, b) {
      parent[find(b)] = find(a);
    },
  };
}

function number(triangles: number, rootOf: (triangle: number) => number): Components {
  const numbers = new Map<number, number>();
  const component = new Int32Array(triangles);
  for (let t = 0; t < triangles; t++) {
    const root = rootOf(t);
    let index = numbers.get(root);
    if (index === undefined) numbers.set(root, (index = numbers.size));
    component[t] = index;
  }
  return { component, count: numbers.size };
}
