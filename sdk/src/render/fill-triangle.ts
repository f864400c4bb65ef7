/** A z-buffer: `nearness` is any measure that is linear on the screen and grows towards the viewer. */
export interface Target {
  width: number;
  height: number;
  nearness: Float32Array;
  /** Triangle of the soup, or -1. */
  triangles: Int32Array;
}

export function createTarget(width: number, height: number): Target {
  const nearness = new Float32Array(width * height).fill(-Infinity);
  return { width, height, nearness, triangles: new Int32Array(width * height).fill(-1) };
}

export function clearTarget({ nearness, triangles }: Target): void {
  nearness.fill(-Infinity);
  triangles.fill(-1);
}

/** Fills one triangle whose corners start at `a`, `b` and `c` in `screen`: x and y in pixels, nearness. Both sides are drawn. */
export function fillTriangle(
  target: Target,
  screen: Float64Array,
  a: number,
  b: number,
  c: number,
  triangle: number,
): void {
  const { width, height, nearness, triangles } = target;
  const ax = screen[a];
  const ay = screen[a + 1];
  const bx = screen[b];
  const by = screen[b + 1];
  const cx = screen[c];
  const cy = screen[c + 1];
  const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  if (!(Math.abs(area) > 1e-12)) return;
  const x0 = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
  const x1 = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
  const y0 = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
  const y1 = Math.min(height - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
  // Most triangles of a fine mesh cover no pixel's middle.
  if (x0 > x1 || y0 > y1) return;
  // Barycentric weights of b and c, and nearness, are linear in x and y.
  const dvx = (cy - ay) / area;
  const dvy = (ax - cx) / area;
  const dwx = (ay - by) / area;
  const dwy = (bx - ax) / area;
  const near = screen[a + 2];
  const nearB = screen[b + 2] - near;
  const nearC = screen[c + 2] - near;
  for (let y = y0; y <= y1; y++) {
    const dy = y + 0.5 - ay;
    const dx = x0 + 0.5 - ax;
    let v = dx * dvx + dy * dvy;
    let w = dx * dwx + dy * dwy;
    for (let x = x0, i = y * width + x0; x <= x1; x++, i++, v += dvx, w += dwx) {
      if (v < 0 || w < 0 || v + w > 1) continue;
      const value = near + v * nearB + w * nearC;
      if (value > nearness[i]) {
        nearness[i] = value;
        triangles[i] = triangle;
      }
    }
  }
}
