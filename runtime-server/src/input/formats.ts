/** Picture formats told apart by their bytes, without decoding. */

export type PictureFormat = 'JPEG' | 'PNG' | 'WebP' | 'AVIF' | 'GIF';

/** The format that the first bytes announce, or undefined. */
export function sniffFormat(bytes: Uint8Array): PictureFormat | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'JPEG';
  if (text(bytes, 0, 4) === '\x89PNG') return 'PNG';
  if (text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 4) === 'WEBP') return 'WebP';
  if (text(bytes, 4, 4) === 'ftyp' && brands(bytes).some((brand) => brand === 'avif' || brand === 'avis'))
    return 'AVIF';
  if (text(bytes, 0, 4) === 'GIF8') return 'GIF';
  return undefined;
}

/** Whether a file whose decoding failed stops short of the end that its format prescribes. */
export function endsEarly(bytes: Uint8Array, format: PictureFormat): boolean {
  switch (format) {
    case 'JPEG':
      return bytes[bytes.length - 2] !== 0xff || bytes[bytes.length - 1] !== 0xd9;
    case 'PNG':
      return !hasPngChunk(bytes, 'IEND');
    case 'WebP':
      return bytes.length < 12 || uint32LittleEndian(bytes, 4) + 8 > bytes.length;
    case 'AVIF':
      return isobmffReach(bytes) > bytes.length;
    case 'GIF':
      return bytes[bytes.length - 1] !== 0x3b;
  }
}

/** Whether the file holds more than one frame, as far as its structure tells. */
export function isAnimated(bytes: Uint8Array, format: PictureFormat): boolean {
  switch (format) {
    case 'JPEG':
      return false;
    case 'PNG':
      return hasPngChunk(bytes, 'acTL', 'IDAT');
    case 'WebP':
      // The extended header's flags: bit 1 is animation.
      return text(bytes, 12, 4) === 'VP8X' && ((bytes[20] ?? 0) & 2) !== 0;
    case 'AVIF':
      return brands(bytes)[0] === 'avis';
    case 'GIF':
      return gifFrames(bytes) > 1;
  }
}

/** Whether a complete chunk of this type comes, and comes before the first of type `before`. */
function hasPngChunk(bytes: Uint8Array, type: string, before?: string): boolean {
  for (let at = 8; at + 12 <= bytes.length; at += 12 + uint32BigEndian(bytes, at)) {
    const found = text(bytes, at + 4, 4);
    if (found === type) return true;
    if (found === before) return false;
  }
  return false;
}

/** Major brand, then the compatible brands, of an ISO base media file. */
function brands(bytes: Uint8Array): string[] {
  const end = Math.min(uint32BigEndian(bytes, 0), bytes.length, 256);
  const found = [text(bytes, 8, 4)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(text(bytes, at, 4));
  return found;
}

/** Where the last top-level box says that it ends. */
function isobmffReach(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    if (at + 8 > bytes.length) return Infinity;
    const size = uint32BigEndian(bytes, at);
    if (size === 0) return bytes.length; // Reaches to the end, wherever that is.
    if (size < 8) return bytes.length;
    at += size;
  }
  return at;
}

/** Counts frames up to two. */
function gifFrames(bytes: Uint8Array): number {
  const table = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  const skipBlocks = (from: number) => {
    let at = from;
    while ((bytes[at] ?? 0) !== 0) at += (bytes[at] ?? 0) + 1;
    return at + 1;
  };
  let frames = 0;
  let at = 13 + table(bytes[10] ?? 0);
  while (at < bytes.length && frames < 2) {
    if (bytes[at] === 0x21) {
      at = skipBlocks(at + 2);
    } else if (bytes[at] === 0x2c) {
      frames++;
      at = skipBlocks(at + 11 + table(bytes[at + 9] ?? 0));
    } else {
      break;
    }
  }
  return frames;
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function uint32BigEndian(bytes: Uint8Array, at: number): number {
  return byte(bytes, at) * 2 ** 24 + byte(bytes, at + 1) * 2 ** 16 + byte(bytes, at + 2) * 2 ** 8 + byte(bytes, at + 3);
}

function uint32LittleEndian(bytes: Uint8Array, at: number): number {
  return byte(bytes, at + 3) * 2 ** 24 + byte(bytes, at + 2) * 2 ** 16 + byte(bytes, at + 1) * 2 ** 8 + byte(bytes, at);
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
