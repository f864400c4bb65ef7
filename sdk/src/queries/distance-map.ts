/**
 * For each cell of a grid the distance to the nearest cell that is set, in cells; cells outside the grid are set.
 *
 * Source: P. Felzenszwalb, D. Huttenlocher, Distance Transforms of Sampled Functions, 2012: exact, and linear in
 * the number of cells.
 */
export function distanceToTrue(set: Uint8Array, columns: number, rows: number): Float64Array {
  // A border of set cells stands for all that is outside.
  const [width, height] = [columns + 2, rows + 2];
  const squared = new Float64Array(width * height);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (!set[row * columns + column]) squared[(row + 1) * width + column + 1] = Infinity;
    }
  }
  for (let column = 0; column < width; column++) transformLine(squared, column, width, height);
  for (let row = 0; row < height; row++) transformLine(squared, row * width, 1, width);
  return Float64Array.from({ length: columns * rows }, (_, at) =>
    Math.sqrt(squared[(Math.floor(at / columns) + 1) * width + (at % columns) + 1]),
  );
}

/** The lower envelope of the parabolas that stand on a line's values. Both ends are 0, so that none is without one. */
function transformLine(values: Float64Array, first: number, stride: number, count: number): void {
  const sites: number[] = [];
  const starts: number[] = [];
  const heights = Float64Array.from({ length: count }, (_, i) => values[first + i * stride]);
  for (let i = 0; i < count; i++) {
    if (heights[i] === Infinity) continue;
    let start = -Infinity;
    while (sites.length > 0) {
      const last = sites[sites.length - 1];
      start = (heights[i] + i * i - heights[last] - last * last) / (2 * (i - last));
      if (start > starts[starts.length - 1]) break;
      sites.pop();
      starts.pop();
      start = -Infinity;
    }
    sites.push(i);
    starts.push(start);
  }
  for (let i = 0, site = 0; i < count && sites.length > 0; i++) {
    while (site + 1 < sites.length && starts[site + 1] <= i) site++;
    values[first + i * stride] = heights[sites[site]] + (i - sites[site]) ** 2;
  }
}
