/** Depth as a picture: near is bright, and what has no depth is left out. */
export interface DepthPicture {
  image: ImageData;
  /** What the ends of the scale stand for, in the unit of the depth. */
  near: number;
  far: number;
}

/**
 * Colours go by inverse depth, which tells near things apart, from the 2nd to the 98th percentile, so that one
 * stray pixel does not flatten the rest.
 */
export function drawDepth(depth: Float32Array, width: number, height: number): DepthPicture {
  const known = depth.filter((z) => Number.isFinite(z) && z > 0).sort();
  const near = known[Math.floor(0.02 * known.length)] ?? 0;
  const far = known[Math.floor(0.98 * (known.length - 1))] ?? 1;
  const image = new ImageData(width, height);
  for (let i = 0; i < depth.length; i++) {
    const z = depth[i];
    if (!(Number.isFinite(z) && z > 0)) continue;
    const share = far > near ? (1 / z - 1 / far) / (1 / near - 1 / far) : 0.5;
    const [r, g, b] = viridis(Math.min(1, Math.max(0, share)));
    image.data.set([r, g, b, 255], 4 * i);
  }
  return { image, near, far };
}

/** Coefficients of the polynomial in t, from the constant up: M. Zucker's fit of matplotlib's viridis (CC0). */
const VIRIDIS = [
  [0.2777273, 0.0054073, 0.334099],
  [0.105093, 1.404614, 1.3845902],
  [-0.3308618, 0.2148476, 0.0950952],
  [-4.6342305, -5.7991009, -19.3324409],
  [6.2282699, 14.1799334, 56.6905526],
  [4.7763849, -13.7451453, -65.353032],
  [-5.4354555, 4.6458526, 26.3124352],
] as const;

function viridis(t: number): [number, number, number] {
  const channel = (index: 0 | 1 | 2): number =>
    255 *
    Math.min(
      1,
      Math.max(
        0,
        VIRIDIS.reduceRight((sum, row) => sum * t + row[index], 0),
      ),
    );
  return [channel(0), channel(1), channel(2)];
}
