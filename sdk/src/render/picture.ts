/** A colour picture: `data` is stride 3 (r, g, b), row by row, sRGB 0 to 255. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8Array;
}
