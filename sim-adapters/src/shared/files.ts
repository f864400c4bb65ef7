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

export function createFileSet(): FileSetBuilder {
  const files = new Map<string, Uint8Array>();
  const shared = new Map<string, Map<string, string>>();
  const add = (path: string, content: Uint8Array | string): string => {
    if (files.has(path)) throw new Error(`The export writes ${path} twice.`);
    files.set(path, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    return path;
  };
  return {
    add,
    share(path, content) {
      // One character a byte: this decoder keeps all 256 apart.
      const text = typeof content === 'string' ? content : new TextDecoder('latin1').decode(content);
      const ending = path.slice(path.lastIndexOf('.'));
      const alike = shared.get(ending) ?? new Map<string, string>();
      shared.set(ending, alike);
      const known = alike.get(text);
      if (known !== undefined) return known;
      alike.set(text, path);
      return add(path, content);
    },
    build: () => new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
