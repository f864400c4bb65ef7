/** The little of EXIF that SceneMaker uses. */

const FOCAL_LENGTH_IN_35MM_FILM = 0xa405;
const EXIF_FOLDER = 0x8769;
const FULL_FRAME_DIAGONAL_MM = Math.hypot(36, 24);

/**
 * The focal length in pixels of a picture of this size, from the 35 mm equivalent that the camera
 * wrote, which is defined on the diagonal. Undefined when there is none or the block is malformed.
 */
export function focalLengthPixels(exif: Uint8Array | undefined, width: number, height: number): number | undefined {
  const millimeters = exif && readFocalLength35(exif);
  if (!millimeters) return undefined;
  return (millimeters / FULL_FRAME_DIAGONAL_MM) * Math.hypot(width, height);
}

function readFocalLength35(exif: Uint8Array): number | undefined {
  // "Exif\0\0", then a TIFF header, whose start all offsets count from.
  const tiff = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const start = exif[0] === 0x45 ? 6 : 0;
  try {
    const littleEndian = tiff.getUint16(start) === 0x4949;
    const main = start + tiff.getUint32(start + 4, littleEndian);
    const folder = findEntry(tiff, main, EXIF_FOLDER, littleEndian);
    if (folder === undefined) return undefined;
    const exifFolder = start + tiff.getUint32(folder + 8, littleEndian);
    const entry = findEntry(tiff, exifFolder, FOCAL_LENGTH_IN_35MM_FILM, littleEndian);
    return entry === undefined ? undefined : tiff.getUint16(entry + 8, littleEndian);
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined; // An offset leads out of the block.
    throw thrown;
  }
}

/** The offset of the 12-byte entry with this tag in the folder at `offset`. */
function findEntry(tiff: DataView, offset: number, tag: number, littleEndian: boolean): number | undefined {
  const count = tiff.getUint16(offset, littleEndian);
  for (let i = 0; i < count; i++) {
    const entry = offset + 2 + i * 12;
    if (tiff.getUint16(entry, littleEndian) === tag) return entry;
  }
  return undefined;
}
