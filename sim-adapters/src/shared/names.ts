/** Names that every format, file system and parser takes. */

/** File names that Windows keeps for devices, and names that formats give a meaning of their own. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d|world|worldbody|default|ground|scene)$/i;
const MAX_LENGTH = 60;

/**
 * A safe name for each id, in order: ASCII letters, digits, `_` and the characters of `extra`, first a letter,
 * no two alike even where upper and lower case are the same. Ids that are safe already stay as they are.
 */
export function safeNames(ids: readonly string[], extra: '' | '-' = '-'): string[] {
  const taken = new Set<string>();
  return ids.map((id) => {
    const base = safeName(id, extra);
    let name = base;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${base}_${count}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

function safeName(text: string, extra: string): string {
  const ascii = text
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(new RegExp(`[^A-Za-z0-9_${extra}]+`, 'g'), '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, MAX_LENGTH);
  if (ascii === '') return 'object';
  return /^[A-Za-z]/.test(ascii) && !RESERVED.test(ascii) ? ascii : `object_${ascii}`;
}
