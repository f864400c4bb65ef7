/** Tables for a terminal. */

export interface Column<Row> {
  head: string;
  cell: (row: Row) => string;
  align: 'left' | 'right';
}

/** A column of words, lined up on the left. */
export function words<Row>(head: string, cell: (row: Row) => string): Column<Row> {
  return { head, cell, align: 'left' };
}

/** A column of numbers, lined up on the right. */
export function numbers<Row>(head: string, cell: (row: Row) => string): Column<Row> {
  return { head, cell, align: 'right' };
}

/** Columns are as wide as their widest cell; those without any text in their cells are left out. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const padded = columns
    .map(({ cell, ...column }) => ({ ...column, cells: rows.map(cell) }))
    .filter(({ cells }) => cells.some((text) => text !== ''))
    .map(({ head, align, cells }) => pad(head, cells, align));
  const lines = padded[0]?.map((_, line) => padded.map((column) => column[line]).join('  '));
  return (lines ?? []).map((line) => line.trimEnd()).join('\n');
}

/** The head, a rule and the cells, all equally wide. */
function pad(head: string, cells: readonly string[], align: 'left' | 'right'): string[] {
  const width = Math.max(...[head, ...cells].map(lengthOf));
  const line = (text: string): string => {
    const padding = ' '.repeat(width - lengthOf(text));
    return align === 'right' ? padding + text : text + padding;
  };
  return [line(head), '-'.repeat(width), ...cells.map(line)];
}

const lengthOf = (text: string): number => Array.from(text).length;
