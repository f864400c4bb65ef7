/** Tables by how much of an object can be seen. */
import type { PartedTable } from './scores.js';
import type { TrueObject } from './truth.js';

export const BANDS = ['UnderHalfVisible', 'MostlyVisible', 'Unoccluded'] as const;

/** The table's part for objects as visible as this one; undefined where that is not known. */
export function visibleBand<T extends PartedTable>(table: T, { visibleFraction }: TrueObject) {
  if (visibleFraction === undefined) return undefined;
  const band = visibleFraction < 0.5 ? BANDS[0] : visibleFraction < 0.95 ? BANDS[1] : BANDS[2];
  return `${table}${band}` as const;
}
