/** Meshes out of models that answer what lies at points in space. */
import { fieldToMesh, fromGrid, type Mesh } from '@scenemaker/sdk';

/** Numbers for points (stride 3); as many for each as the caller expects. */
export type FieldQuery = (points: Float32Array) => Promise<Float32Array>;

export interface FieldMeshOptions {
  /** Half the side of the cube that is asked about. */
  halfExtent: number;
  /** Samples along a side. */
  resolution: number;
  /** Points asked about at once: what a query needs of memory grows with it. */
  chunk: number;
  onProgress?: (fraction: number) => void;
}

/** Parts below this share of the largest part's volume are dropped. */
const SMALLEST_PART = 0.02;

/**
 * The closed surface where `inside` is 0, in the frame of its points; above 0 is inside. It holds what is within the
 * cube. A field that is nowhere above 0 gives a mesh without triangles.
 */
export async function meshField(inside: FieldQuery, options: FieldMeshOptions): Promise<Mesh> {
  const { halfExtent, resolution, chunk, onProgress } = options;
  const shape = { halfExtent, resolution };
  const places = Float32Array.from({ length: resolution }, (_, i) => fromGrid(i, shape));
  const field = new Float32Array(resolution ** 3);
  for (let begin = 0; begin < field.length; begin += chunk) {
    const count = Math.min(chunk, field.length - begin);
    const points = new Float32Array(3 * count);
    for (let k = 0; k < count; k++) {
      const i = begin + k;
      points[3 * k] = places[i % resolution];
      points[3 * k + 1] = places[Math.floor(i / resolution) % resolution];
      points[3 * k + 2] = places[Math.floor(i / resolution ** 2)];
    }
    const values = await inside(points);
    for (let k = 0; k < count; k++) field[begin + k] = -values[k];
    onProgress?.((begin + count) / field.length);
  }
  return fieldToMesh(field, resolution, { halfExtent, minPartShare: SMALLEST_PART });
}

/** The answers for any number of points, asked for `chunk` at a time; `width` numbers a point. */
export async function queryInChunks(
  query: FieldQuery,
  points: Float32Array,
  width: number,
  chunk: number,
): Promise<Float32Array> {
  const count = points.length / 3;
  const answers = new Float32Array(width * count);
  for (let begin = 0; begin < count; begin += chunk) {
    const end = Math.min(count, begin + chunk);
    answers.set(await query(points.subarray(3 * begin, 3 * end)), width * begin);
  }
  return answers;
}
