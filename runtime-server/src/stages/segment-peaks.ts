/** Object centres in the map that the segmentation network draws. */
import type { Tensor } from '../models/index.js';
import type { Letterbox } from './letterbox.js';

/** Network pixels for one cell of the map. */
export const PEAK_STRIDE = 4;
/** Network pixels for one cell of the mask features. */
export const FEATURE_STRIDE = 2;

/** A cell of the objectness map whose kernel is to be applied. */
export interface Candidate {
  column: number;
  row: number;
  /** Objectness, 0 to 1. */
  peak: number;
  /** The hint it came from. */
  hint?: number;
  /** Where the mask may lie, picture pixels. */
  within?: readonly [number, number, number, number];
}

/** What the encoder says about one picture. */
export interface PictureCode {
  box: Letterbox;
  columns: number;
  rows: number;
  /** Objectness, 0 to 1, [rows][columns]. */
  objectness: Float32Array;
  kernels: Tensor;
  features: Tensor;
}

/** Cells that are the largest of their 3 x 3 neighbourhood and exceed `threshold`, best first. */
export function findPeaks(
  code: Pick<PictureCode, 'objectness' | 'rows' | 'columns' | 'box'>,
  threshold: number,
  limit: number,
): Candidate[] {
  const { objectness, columns, box } = code;
  // Cells in the grey filling are not looked at.
  const lastColumn = Math.min(columns, Math.ceil(box.innerWidth / PEAK_STRIDE));
  const lastRow = Math.min(code.rows, Math.ceil(box.innerHeight / PEAK_STRIDE));
  const peaks: Candidate[] = [];
  for (let row = 0; row < lastRow; row++) {
    for (let column = 0; column < lastColumn; column++) {
      const peak = objectness[row * columns + column];
      if (peak <= threshold) continue;
      let highest = true;
      for (let y = Math.max(0, row - 1); y <= Math.min(lastRow - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(lastColumn - 1, column + 1); x++) {
          const other = objectness[y * columns + x];
          // Of equal neighbours the first one counts.
          if (other > peak || (other === peak && (y < row || (y === row && x < column)))) highest = false;
        }
      }
      if (highest) peaks.push({ column, row, peak });
    }
  }
  return peaks.sort((a, b) => b.peak - a.peak).slice(0, limit);
}

/** The channels of one cell of a [1, C, rows, columns] tensor. */
export function readCell(
  { data, shape }: Tensor,
  { rows, columns }: PictureCode,
  column: number,
  row: number,
): Float32Array {
  const channels = shape[1];
  const values = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++)
    values[channel] = data[(channel * rows + row) * columns + column];
  return values;
}
