/** The files of an export, held in memory until all of them are there. */

/** Relative paths with forward slashes, in order of their names, to contents. */
export type FileSet = Map<string, Uint8Array>;

export interface FileSetBuilder {
  /** A path once. */
  add(path: string, content: Uint8Array | string): string;
  /** The path of a file with this content: one that was shared before with the same ending, or else `path`. */
  share(path: string, content: Uint8Array | string): string;
  build(): FileSet;
}

/** `files` are in it from the start. */
export function createFileSet(known: FileSet = new Map()): FileSetBuilder {
  const files = new Map(known);
  /** Paths of shared files by ending and hash. */
  const shared = new Map<string, string[]>();
  const add = (path: string, content: Uint8Array | string): string => {
    if (files.has(path)) throw new Error(`The export writes ${path} twice.`);
    files.set(path, bytesOf(content));
    return path;
  };
  return {
    add,
    share(path, content) {
      const bytes = bytesOf(content);
      const key = `${path.slice(path.lastIndexOf('.'))} ${hashOf(bytes)}`;
      const alike = shared.get(key) ?? [];
      const known = alike.find((other) => sameBytes(files.get(other), bytes));
      if (known !== undefined) return known;
      shared.set(key, [...alike, path]);
      return add(path, bytes);
    },
    build: () => new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/** FNV-1a over words of four bytes and what is left of one. */
function hashOf(bytes: Uint8Array): number {
  const { buffer, byteOffset, length } = byteOffsetIsWhole(bytes) ? bytes : bytes.slice();
  const words = new Uint32Array(buffer, byteOffset, length >> 2);
  let hash = length;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i], 0x01000193);
  for (let i = 4 * words.length; i < length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash;
}

const byteOffsetIsWhole = ({ byteOffset }: Uint8Array): boolean => byteOffset % 4 === 0;

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a?.length === b.length && a.every((byte, i) => byte === b[i]);
