/** Measured figures beside what is asked for, as a table and as JSON. */
import { writeFile } from 'node:fs/promises';
import { formatTable, numbers, words } from '../../runtime-server/src/cli/table.js';

export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** What is asked for. */
  goal?: { least: number } | { most: number };
  /** What else is worth knowing. */
  note?: string;
}

function isMet({ value, goal }: Figure): boolean | undefined {
  if (!goal) return undefined;
  return 'least' in goal ? value >= goal.least : value <= goal.most;
}

export function formatFigures(figures: readonly Figure[]): string {
  const number = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
  return formatTable(figures, [
    words('figure', ({ name }) => name),
    numbers('measured', ({ value, unit }) => `${number(value)} ${unit}`),
    numbers('asked', ({ goal }) => (!goal ? '' : 'least' in goal ? `>= ${goal.least}` : `<= ${goal.most}`)),
    words('met', (figure) => ({ true: 'yes', false: 'no', undefined: '' })[String(isMet(figure))] ?? ''),
    words('note', ({ note }) => note ?? ''),
  ]);
}

export async function writeFigures(path: string, figures: readonly Figure[]): Promise<void> {
  const rows = figures.map((figure) => ({ ...figure, met: isMet(figure) ?? null }));
  await writeFile(path, `${JSON.stringify({ node: process.version, figures: rows }, null, 2)}\n`);
}

/** The value below which this share of the values lies; nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
