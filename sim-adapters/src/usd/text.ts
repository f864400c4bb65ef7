/**
 * Just enough of USD's text format to write layers that are the same every time.
 * Source: OpenUSD, "Usda File Format" and "USD Object Model".
 */
import { number } from '../shared/xml.js';

export interface Prim {
  type: string;
  /** A letter or `_`, then letters, digits and `_`. */
  name: string;
  /** Schemas that are applied to it. */
  apis?: readonly string[];
  kind?: 'assembly' | 'group' | 'component';
  /** Another prim of the layer, which it is a copy of. */
  reference?: string;
  customData?: Dictionary;
  /** As `attribute`, `uniform`, `relationship`, ... write them. */
  properties?: readonly string[];
  children?: readonly Prim[];
}

export type Dictionary = { readonly [key: string]: Value | undefined };
export type Value = string | number | boolean | readonly number[] | Dictionary;

export interface Layer {
  documentation: string;
  /** The one prim at the top, which stands for the layer wherever it is referenced. */
  root: Prim;
}

/** Metres, kilograms, y up. */
export function writeLayer({ documentation, root }: Layer): string {
  return `#usda 1.0
(
    defaultPrim = ${quoted(root.name)}
    doc = ${quoted(documentation)}
    kilogramsPerUnit = 1
    metersPerUnit = 1
    upAxis = "Y"
)

${writePrim(root, '')}`;
}

function writePrim(prim: Prim, indent: string): string {
  const { type, name, apis = [], kind, reference, customData, properties = [], children = [] } = prim;
  const inner = `${indent}    `;
  const metadata = [
    apis.length > 0 ? `prepend apiSchemas = [${apis.map(quoted).join(', ')}]` : '',
    customData ? `customData = ${writeDictionary(customData, inner)}` : '',
    kind ? `kind = ${quoted(kind)}` : '',
    reference === undefined ? '' : `prepend references = <${reference}>`,
  ].filter((line) => line !== '');
  const head = `${indent}def ${type} ${quoted(name)}`;
  const said = metadata.length > 0 ? ` (\n${metadata.map((line) => `${inner}${line}\n`).join('')}${indent})` : '';
  const lines = properties.map((line) => `${inner}${line}\n`).join('');
  const body = [lines, ...children.map((child) => writePrim(child, inner))].filter((part) => part !== '').join('\n');
  return `${head}${said}\n${indent}{\n${body}${indent}}\n`;
}

function writeDictionary(dictionary: Dictionary, indent: string): string {
  const inner = `${indent}    `;
  const lines = Object.entries(dictionary).flatMap(([key, value]) =>
    value === undefined ? [] : [`${inner}${writeEntry(key, value, inner)}\n`],
  );
  return `{\n${lines.join('')}${indent}}`;
}

function writeEntry(key: string, value: Value, indent: string): string {
  const name = quoted(key);
  if (typeof value === 'string') return `string ${name} = ${quoted(value)}`;
  if (typeof value === 'boolean') return `bool ${name} = ${String(value)}`;
  if (typeof value === 'number') return `double ${name} = ${exact(value)}`;
  if (isNumbers(value)) return `double[] ${name} = [${value.map(exact).join(', ')}]`;
  return `dictionary ${name} = ${writeDictionary(value, indent)}`;
}

const isNumbers = (value: readonly number[] | Dictionary): value is readonly number[] => Array.isArray(value);

/** Names for what no decimal is. */
const exact = (value: number): string =>
  Number.isFinite(value) ? number(value) : Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';

const ESCAPES: Record<string, string> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export const quoted = (text: string): string =>
  `"${text.replaceAll(/["\\\p{Cc}]/gu, (c) => ESCAPES[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`;

export const attribute = (type: string, name: string, value: string): string => `${type} ${name} = ${value}`;

/** An attribute with a value for each corner, vertex, or the whole of a mesh. */
export const primvar = (
  type: string,
  name: string,
  interpolation: 'faceVarying' | 'vertex' | 'constant',
  value: string,
): string => `${type} ${name} = ${value} (interpolation = ${quoted(interpolation)})`;

export const token = (name: string, value: string): string => `uniform token ${name} = ${quoted(value)}`;
export const relationship = (name: string, path: string): string => `rel ${name} = <${path}>`;

export const tuple = (values: ArrayLike<number>): string => `(${Array.from(values, number).join(', ')})`;

/** USD's quaternions have their real part first; ours, last. */
export const wxyz = ([x, y, z, w]: readonly number[]): string => tuple([w, x, y, z]);

export const list = (values: ArrayLike<number>): string => `[${Array.from(values, number).join(', ')}]`;

/** A list of tuples. */
export function tuples(values: ArrayLike<number>, stride: number): string {
  const written: string[] = [];
  for (let i = 0; i < values.length; i += stride) {
    const one: string[] = [];
    for (let k = 0; k < stride; k++) one.push(number(values[i + k]));
    written.push(`(${one.join(', ')})`);
  }
  return `[${written.join(', ')}]`;
}
