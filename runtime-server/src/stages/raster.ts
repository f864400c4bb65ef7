/** A small depth-buffer rasteriser: silhouettes and visibility of meshes at coarse resolution. */
import type { Intrinsics, Window } from './stage.js';

/** Pinhole intrinsics of `window` seen as a picture of `size` x `size` pixels. */
export function windowIntrinsics({ fx, fy, cx, cy }: Intrinsics, window: Window, size: number): Intrinsics {
  const scale = size / window.side;
  return { fx: fx * scale, fy: fy * scale, cx: (cx - window.x) * scale, cy: (cy - window.y) * scale };
}

/**
 * The depth z of the nearest surface at each pixel centre, Infinity where there is none.
 *
 * Triangles count from both sides; those that reach behind the camera are left out.
 * @param positions Camera frame (x right, y down, z forward), stride 3.
 * @param target Reused when given: `width * height` numbers, overwritten.
 */
export function rasterizeDepth(
  positions: Float32Array,
  indices: Uint32Array,
  { fx, fy, cx, cy }: Intrinsics,
  width: number,
  height: number,
  target: Float32Array = new Float32Array(width * height),
): Float32Array {
  target.fill(Infinity);
  const count = positions.length / 3;
  // Pixel coordinates of pixel centres are integers here; depth is interpolated as 1 / z.
  const screen = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const inverse = 1 / positions[3 * i + 2];
    screen[3 * i] = fx * positions[3 * i] * inverse + cx - 0.5;
    screen[3 * i + 1] = fy * positions[3 * i + 1] * inverse + cy - 0.5;
    screen[3 * i + 2] = inverse;
  }
  for (let t = 0; t + 2 < indices.length; t += 3) {
    const a = 3 * indices[t];
    const b = 3 * indices[t + 1];
    const c = 3 * indices[t + 2];
    if (!(screen[a + 2] > 0 && screen[b + 2] > 0 && screen[c + 2] > 0)) continue;
    const [ax, ay, bx, by, cx_, cy_] = [screen[a], screen[a + 1], screen[b], screen[b + 1], screen[c], screen[c + 1]];
    const x0 = Math.max(0, Math.ceil(Math.min(ax, bx, cx_)));
    const x1 = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx_)));
    const y0 = Math.max(0, Math.ceil(Math.min(ay, by, cy_)));
    const y1 = Math.min(height - 1, Math.floor(Math.max(ay, by, cy_)));
    const area = (bx - ax) * (cy_ - ay) - (by - ay) * (cx_ - ax);
    if (area === 0) continue;
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) {
        const wa = ((bx - x) * (cy_ - y) - (by - y) * (cx_ - x)) / area;
        const wb = ((cx_ - x) * (ay - y) - (cy_ - y) * (ax - x)) / area;
        const wc = 1 - wa - wb;
        if (wa < 0 || wb < 0 || wc < 0) continue;
        const depth = 1 / (wa * screen[a + 2] + wb * screen[b + 2] + wc * screen[c + 2]);
        const pixel = y * width + x;
        if (depth < target[pixel]) target[pixel] = depth;
      }
    }
  }
  return target;
}
