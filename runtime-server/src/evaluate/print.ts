/** Reports for people: one aligned block a table. */
import { type Metric, METRICS, type Report } from './scores.js';
import type { Summary } from './statistics.js';

const HEAD = ['', 'mean', '95 % interval', 'median', 'n'];

/** Tables under each other; columns are as wide as their widest cell in any of them. */
export function formatReport(report: Report): string {
  const blocks = Object.entries(report).map(([table, metrics]) => ({
    table,
    rows: (Object.entries(metrics) as [Metric, Summary][]).map(([metric, summary]) => formatRow(metric, summary)),
  }));
  const all = [HEAD, ...blocks.flatMap(({ table, rows }) => [[table, ...HEAD.slice(1)], ...rows])];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  return blocks.map(({ table, rows }) => [line([table, ...HEAD.slice(1)]), ...rows.map(line)].join('\n')).join('\n\n');
}

function formatRow(metric: Metric, { mean, low, high, median, n }: Summary): string[] {
  const { digits, better } = METRICS[metric];
  const text = (value: number): string => value.toFixed(digits);
  return [
    `  ${metric} ${better === 'high' ? '↑' : '↓'}`,
    text(mean),
    `${text(low)} to ${text(high)}`,
    text(median),
    String(n),
  ];
}
