/**
 * Focal length and shift along z out of MoGe's point map: those for which its points project best to the pixels they
 * are of (`recover_focal_shift` of moge/utils/geometry_torch.py; MoGe, section 3.2).
 */
import { leastSquares1D } from './least-squares.js';

export interface PointMap {
  /** Right up to a shift along z, stride 3, row by row. */
  points: Float32Array;
  /** 1 where the points count. */
  valid: Uint8Array;
  width: number;
  height: number;
}

export interface FocalShift {
  /** In half diagonals of the picture. */
  focal: number;
  /** Added to z it gives the depth. */
  shift: number;
}

/** As many rows and columns of the point map are looked at. */
const LOOKED_AT = 64;
const RELATIVE_COST = 1e-3;

/** Finds shift and focal length, or, of a known focal length, the shift alone. */
export function recoverFocalShift(map: PointMap, knownFocal?: number): FocalShift {
  const { u, v, x, y, z } = thinOut(map);
  if (z.length < 2) return { focal: knownFocal ?? 1, shift: 0 };
  const focalFor = (shift: number): number => {
    let projected = 0;
    let squares = 0;
    for (let i = 0; i < z.length; i++) {
      const [px, py] = [x[i] / (z[i] + shift), y[i] / (z[i] + shift)];
      projected += px * u[i] + py * v[i];
      squares += px * px + py * py;
    }
    return projected / squares;
  };
  const residuals = (shift: number): Float64Array => {
    const focal = knownFocal ?? focalFor(shift);
    const errors = new Float64Array(2 * z.length);
    for (let i = 0; i < z.length; i++) {
      errors[2 * i] = (focal * x[i]) / (z[i] + shift) - u[i];
      errors[2 * i + 1] = (focal * y[i]) / (z[i] + shift) - v[i];
    }
    return errors;
  };
  const shift = leastSquares1D(residuals, 0, RELATIVE_COST);
  return { focal: knownFocal ?? focalFor(shift), shift };
}

interface Correspondences {
  /** Where a point is seen, from the middle of the picture, in half diagonals. */
  u: number[];
  v: number[];
  x: number[];
  y: number[];
  z: number[];
}

/** The valid points of 64 x 64 pixels, picked as PyTorch's `interpolate` with mode `nearest` does. */
function thinOut({ points, valid, width, height }: PointMap): Correspondences {
  const diagonal = Math.hypot(width, height);
  const picked: Correspondences = { u: [], v: [], x: [], y: [], z: [] };
  const source = (index: number, size: number): number =>
    Math.min(size - 1, Math.floor(Math.fround(index * Math.fround(size / LOOKED_AT))));
  for (let i = 0; i < LOOKED_AT; i++) {
    const row = source(i, height);
    for (let j = 0; j < LOOKED_AT; j++) {
      const column = source(j, width);
      const pixel = row * width + column;
      if (valid[pixel] === 0) continue;
      picked.u.push((2 * column + 1 - width) / diagonal);
      picked.v.push((2 * row + 1 - height) / diagonal);
      picked.x.push(points[3 * pixel]);
      picked.y.push(points[3 * pixel + 1]);
      picked.z.push(points[3 * pixel + 2]);
    }
  }
  return picked;
}
