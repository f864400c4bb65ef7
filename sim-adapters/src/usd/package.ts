/**
 * Files as a USDZ package: a zip without compression in which each file's bytes begin at a multiple of 64.
 * Source: OpenUSD, "Usdz File Format Specification". The first file is the one that is opened.
 */
import { zipSync, type Zippable } from 'fflate';
import type { FileSet } from '../shared/files.js';

const ALIGNMENT = 64;
/** Bytes of a local file header without name and extra field, of an extra field's header, and of the central ones. */
const LOCAL_HEADER = 30;
const EXTRA_HEADER = 4;
/** The extra field that padding is put in: the number that OpenUSD's own writer uses. */
const PADDING_ID = 0x1986;
export function packUsdz(files: FileSet): Uint8Array {
  const entries: Zippable = {};
  // Zip knows local time alone: by the clock this is the same moment everywhere.
  const mtime = new Date(1980, 0, 1);
  let offset = 0;
  for (const [path, content] of files) {
    const start = offset + LOCAL_HEADER + new TextEncoder().encode(path).length;
    const padding = (ALIGNMENT - ((start + EXTRA_HEADER) % ALIGNMENT)) % ALIGNMENT;
    entries[path] = [content, { level: 0, mtime, extra: { [PADDING_ID]: new Uint8Array(padding) } }];
    offset = start + EXTRA_HEADER + padding + content.length;
  }
  return zipSync(entries);
}
