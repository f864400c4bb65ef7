/**
 * A triangle mesh.
 *
 * Axes are right-handed. `indices` lists triangles counter-clockwise as seen from outside.
 * Vertices may be split where normals, colours or texture coordinates differ; "closed" is meant by position.
 */
export interface Mesh {
  /** Vertex positions, stride 3 (x, y, z). */
  positions: Float32Array;
  /** Triangles, stride 3, into vertices. */
  indices: Uint32Array;
  /** Unit vertex normals, stride 3. Absent: flat or recomputed. */
  normals?: Float32Array;
  /** Vertex colours, stride 4 (r, g, b, a), sRGB, 0 to 255. */
  colors?: Uint8Array;
  /** Texture coordinates, 0 to 1 from the left and from the top, as in glTF; stride 2. Where there is a `texture`. */
  uvs?: Float32Array;
  /** A PNG, sRGB: what is drawn instead of `colors`, which are a coarser form of it. Where there are `uvs`. */
  texture?: Uint8Array;
}

/** An axis-aligned box. An empty box has `min` = +Infinity and `max` = -Infinity. */
export interface Box3 {
  min: Vec3;
  max: Vec3;
}

/** x, y, z. */
export type Vec3 = readonly [number, number, number];

/** Quaternion x, y, z, w; unit length. */
export type Quat = readonly [number, number, number, number];

/** Rotation matrix, row-major, 9 numbers. */
export type Mat3 = readonly [number, number, number, number, number, number, number, number, number];
