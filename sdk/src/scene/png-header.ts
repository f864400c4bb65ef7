/** Signature, then the length and the name of the first chunk. Source: PNG, third edition, sections 5.2 and 11.2.1. */
const START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52];
/** Channels of each colour type; 1 stands for an index into a palette. */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export interface PngHeader {
  /** Pixels. */
  width: number;
  height: number;
  bitsPerChannel: number;
  channels: number;
}

/** What a PNG says of itself; null for what is no PNG. The rest of the file is not looked at. */
export function pngHeader(bytes: Uint8Array): PngHeader | null {
  const at = START.length;
  if (bytes.length < at + 10 || !START.every((byte, i) => bytes[i] === byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
  const channels = CHANNELS[bytes[at + 9]] ?? 0;
  return { width: view.getUint32(0), height: view.getUint32(4), bitsPerChannel: bytes[at + 8], channels };
}
