/** Tables by how much of an object can be seen. */
import type { TrueObject } from './truth.js';

/** `tableUnderHalfVisible`, `tableMostlyVisible` or `tableUnoccluded`; undefined where the fraction is not known. */
export function visibleBand(table: string, { visibleFraction }: TrueObject): string | undefined {
  if (visibleFraction === undefined) return undefined;
  if (visibleFraction < 0.5) return `${table}UnderHalfVisible`;
  return visibleFraction < 0.95 ? `${table}MostlyVisible` : `${table}Unoccluded`;
}
