/** Connected parts of a mesh. */

/** For each triangle the number of its part, 0 upward in order of appearance. Parts share no vertex. */
export function triangleComponents(
  indices: ArrayLike<number>,
  vertexCount: number,
): { component: Int32Array; count: number } {
  const parent = Int32Array.from({ length: vertexCount }, (_, i) => i);
  const find = (vertex: number): number => {
    let root = vertex;
    while (parent[root] !== root) root = parent[root];
    while (parent[vertex] !== root) {
      const next = parent[vertex];
      parent[vertex] = root;
      vertex = next;
    }
    return root;
  };
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const a = find(indices[i]);
    parent[find(indices[i + 1])] = a;
    parent[find(indices[i + 2])] = a;
  }
  const number = new Map<number, number>();
  const component = new Int32Array(Math.floor(indices.length / 3));
  for (let t = 0; t < component.length; t++) {
    const root = find(indices[3 * t]);
    let index = number.get(root);
    if (index === undefined) number.set(root, (index = number.size));
    component[t] = index;
  }
  return { component, count: number.size };
}
