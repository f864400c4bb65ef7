/** Valibot schemas as they look from outside. */

export interface Schema {
  type: string;
  pipe?: Schema[];
  entries?: Record<string, Schema>;
  options?: (Schema | string)[];
  items?: Schema[];
  item?: Schema;
  wrapped?: Schema;
  value?: Schema;
  literal?: unknown;
  requirement?: unknown;
  description?: string;
  message?: unknown;
  class?: { name: string };
  key?: string;
}

export const asSchema = (schema: unknown): Schema => schema as Schema;
export const at = (schema: unknown, ...path: string[]): Schema =>
  path.reduce<Schema>((inner, step) => {
    const { entries, item, wrapped } = core(inner);
    const found = step === '[]' ? item : (entries?.[step] ?? core(wrapped ?? inner).entries?.[step]);
    if (!found) throw new Error(`the schema has no ${path.join('.')}`);
    return found.type.endsWith('optional') && found.wrapped ? found.wrapped : found;
  }, asSchema(schema));

/** A schema and everything piped behind it, however nested. */
export function flatten(schema: Schema): Schema[] {
  if (!schema.pipe) return [schema];
  return schema.pipe.flatMap((part, i) => (i === 0 && part.pipe ? flatten(part) : [part]));
}

export function core(schema: Schema): Schema {
  return flatten(schema)[0] ?? schema;
}

/** The innermost description is the general one; the last, that of this use. */
export function descriptionOf(schema: Schema): string {
  const own = flatten(schema).findLast(({ type }) => type === 'description')?.description;
  return own ?? (schema.wrapped ? descriptionOf(schema.wrapped) : '');
}

/** Checks on a value as a whole. */
export function rulesOf(schema: Schema): string[] {
  return flatten(schema).flatMap(({ type, message }) =>
    type === 'check' && typeof message === 'string' ? [`Refused when it ${message}.`] : [],
  );
}
