/** The value at a place in order, without sorting the rest: a depth map has a million. */

/**
 * `values.sort()[rank]`, with NaN after all numbers. Changes the order of `values`: C. A. R. Hoare, Algorithm 65: Find,
 * Communications of the ACM 4 (1961).
 */
export function inOrder(values: Float32Array | Float64Array, rank: number): number {
  let high = values.length - 1;
  for (let i = 0; i <= high; i++) {
    while (high >= i && Number.isNaN(values[high])) high--;
    if (i < high && Number.isNaN(values[i])) swap(values, i, high--);
  }
  if (rank > high) return NaN;
  for (let low = 0; low < high;) {
    const pivot = values[rank];
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i <= j) swap(values, i++, j--);
    }
    if (j < rank) low = i;
    if (i > rank) high = j;
  }
  return values[rank];
}

/** The median; for an even count the lower of the two middle values, as `torch.median` has it. */
export function median(values: Float32Array): number | undefined {
  return values.length === 0 ? undefined : inOrder(values.slice(), (values.length - 1) >> 1);
}

function swap(values: Float32Array | Float64Array, i: number, j: number): void {
  const kept = values[i];
  values[i] = values[j];
  values[j] = kept;
}
