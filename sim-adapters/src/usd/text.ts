/**
 * Just enough of USD's text format to write layers that are the same every time.
 * Source: OpenUSD, "Usda File Format" and "USD Object Model".
 */
import { TextBuffer } from '../shared/text-buffer.js';
import { number } from '../shared/xml.js';

/** Text, or for long lists what writes it. */
export type Written = string | ((out: TextBuffer) => void);

function put(out: TextBuffer, written: Written): void {
  if (typeof written === 'string') out.text(written);
  else written(out);
}

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
  properties?: readonly Written[];
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
export function writeLayer({ documentation, root }: Layer): Uint8Array {
  const out = new TextBuffer().text(`#usda 1.0
(
    defaultPrim = ${quoted(root.name)}
    doc = ${quoted(documentation)}
    kilogramsPerUnit = 1
    metersPerUnit = 1
    upAxis = "Y"
)

`);
  writePrim(out, root, '');
  return out.toBytes();
}

function writePrim(out: TextBuffer, prim: Prim, indent: string): void {
  const { type, name, apis = [], kind, reference, customData, properties = [], children = [] } = prim;
  const inner = `${indent}    `;
  const metadata = [
    apis.length > 0 ? `prepend apiSchemas = [${apis.map(quoted).join(', ')}]` : '',
    customData ? `customData = ${writeDictionary(customData, inner)}` : '',
    kind ? `kind = ${quoted(kind)}` : '',
    reference === undefined ? '' : `prepend references = <${reference}>`,
  ].filter((line) => line !== '');
  const said = metadata.length > 0 ? ` (\n${metadata.map((line) => `${inner}${line}\n`).join('')}${indent})` : '';
  out.text(`${indent}def ${type} ${quoted(name)}${said}\n${indent}{\n`);
  for (const line of properties) {
    out.text(inner);
    put(out, line);
    out.text('\n');
  }
  for (const [i, child] of children.entries()) {
    if (i > 0 || properties.length > 0) out.text('\n');
    writePrim(out, child, inner);
  }
  out.text(`${indent}}\n`);
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

export const attribute =
  (type: string, name: string, value: Written): Written =>
  (out) => {
    out.text(`${type} ${name} = `);
    put(out, value);
  };

/** An attribute with a value for each corner, vertex, or the whole of a mesh. */
export const primvar =
  (type: string, name: string, interpolation: 'faceVarying' | 'vertex' | 'constant', value: Written): Written =>
  (out) => {
    put(out, attribute(type, name, value));
    out.text(` (interpolation = ${quoted(interpolation)})`);
  };

export const token = (name: string, value: string): string => `uniform token ${name} = ${quoted(value)}`;
export const relationship = (name: string, path: string): string => `rel ${name} = <${path}>`;

export const tuple = (values: ArrayLike<number>): string => `(${Array.from(values, number).join(', ')})`;

/** USD's quaternions have their real part first; ours, last. */
export const wxyz = ([x, y, z, w]: readonly number[]): string => tuple([w, x, y, z]);

/** A list of integers that are not negative. */
export const integers =
  (values: ArrayLike<number>): Written =>
  (out) => {
    for (let i = 0; i < values.length; i++) out.text(i === 0 ? '[' : ', ').integer(values[i]);
    out.text(values.length === 0 ? '[]' : ']');
  };

/** A list of tuples. */
export const tuples =
  (values: ArrayLike<number>, stride: number, decimals: number): Written =>
  (out) => {
    for (let i = 0; i < values.length; i++) {
      const k = i % stride;
      out.text(k > 0 ? ', ' : i === 0 ? '[(' : ', (').decimal(values[i], decimals);
      if (k === stride - 1) out.text(')');
    }
    out.text(values.length === 0 ? '[]' : ']');
  };
