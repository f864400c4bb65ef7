/** Just enough XML to write documents that are the same every time. */

/** Plain decimals, at most nine significant digits: what a single-precision reader can hold. */
export const number = (value: number): string => {
  // Adding 0 turns -0 into 0.
  return String(Number(value.toPrecision(9)) + 0);
};

export const numbers = (values: ArrayLike<number>): string => Array.from(values, number).join(' ');

/** Attributes whose value is undefined are left out. */
export type Attributes = Record<string, string | number | undefined>;

export interface Element {
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: readonly Element[] | string;
}

export const element = (
  name: string,
  attributes: Attributes = {},
  children: readonly Element[] | string = [],
): Element => ({ name, attributes, children });

/** The document with its declaration, and `comment`, which may have several lines, at its top. */
export function toXml(root: Element, comment: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!--\n${comment.replaceAll('--', '- -')}\n-->\n${format(root, '')}`;
}

function format({ name, attributes, children }: Element, indent: string): string {
  const written = Object.entries(attributes)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(([key, value]) => ` ${key}="${escape(typeof value === 'number' ? number(value) : value)}"`)
    .join('');
  if (typeof children === 'string') return `${indent}<${name}${written}>${escape(children)}</${name}>\n`;
  if (children.length === 0) return `${indent}<${name}${written}/>\n`;
  const inner = children.map((child) => format(child, `${indent}  `)).join('');
  return `${indent}<${name}${written}>\n${inner}${indent}</${name}>\n`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Control characters, which no XML document may hold, are left out. */
const escape = (text: string): string =>
  text.replaceAll(/[^\P{Cc}\t\n\r]|\p{Noncharacter_Code_Point}/gu, '').replaceAll(/[&<>"]/g, (c) => ENTITIES[c]);
