/** A field on a finer grid. */

/**
 * Trilinear samples at the centres of cells `detail` times smaller; beyond the outermost centres the nearest value.
 *
 * @param field [z][y][x], x fastest, `resolution` cells along a side, at least 2. @returns The same, `detail * resolution` cells.
 */
export function refineField(field: Float32Array, resolution: number, detail: number): Float32Array {
  const fine = resolution * detail;
  const [low, share] = [new Int32Array(fine), new Float32Array(fine)];
  for (let i = 0; i < fine; i++) {
    const place = Math.min(resolution - 1, Math.max(0, (i + 0.5) / detail - 0.5));
    low[i] = Math.min(resolution - 2, Math.floor(place));
    share[i] = place - low[i];
  }
  let values = field;
  // One axis after the other; those before it are fine already.
  for (let stride = 1, axis = 0; axis < 3; axis++, stride *= fine) {
    const finer = new Float32Array(values.length * detail);
    for (let block = 0, to = 0; to < finer.length; block += resolution * stride) {
      for (let i = 0; i < fine; i++) {
        const before = 1 - share[i];
        for (let from = block + low[i] * stride, end = from + stride; from < end; from++, to++) {
          finer[to] = values[from] * before + values[from + stride] * share[i];
        }
      }
    }
    values = finer;
  }
  return values;
}
