/** Texture coordinates for a mesh: charts that xatlas cuts and packs (github.com/jpcy/xatlas, as WebAssembly). */
import { type Mesh, meshArea } from '@scenemaker/sdk';
import { Atlas, Initialize, type Mesh as AtlasMesh } from 'watlas';

/** Texels between charts: bilinear sampling, and the first mip level, stay within a chart and what surrounds it. */
const PADDING = 2;
/** Share of an atlas that charts come to cover, about: where the search for the density begins. */
const COVERED = 0.65;
/**
 * Charts grow up to this cost, of which bending is the most; xatlas itself has 2. Charts that bend less are flattened at
 * the first try: of meshes of 5000 triangles there are hardly more of them, in a third of the time.
 */
const MAX_COST = 0.2;
/** Packings tried until one fits. */
const MAX_ROUNDS = 8;

export interface Unwrapped {
  /** Triangles in their old order, into vertices that are split where charts end. */
  indices: Uint32Array;
  /** For each vertex the one of the mesh that it is. */
  source: Uint32Array;
  /** Texels from the left and from the top, stride 2. */
  texels: Float32Array;
  width: number;
  height: number;
  /** Along a line of length 1 on the mesh, where it is not stretched. */
  texelsPerUnit: number;
}

export interface UnwrapOptions {
  /** Wanted; less where the atlas would not hold it. */
  texelsPerUnit: number;
  /** Most texels across and down. */
  side: number;
}

/** The same mesh gives the same charts. Throws a RangeError for a mesh that cannot be laid out. */
export async function unwrap(mesh: Mesh, { texelsPerUnit, side }: UnwrapOptions): Promise<Unwrapped> {
  await Initialize();
  const atlas = new Atlas();
  try {
    const { positions, indices } = mesh;
    atlas.addMesh({
      vertexPositionData: positions,
      vertexCount: positions.length / 3,
      vertexPositionStride: 12,
      indexData: indices,
      indexCount: indices.length,
    });
    atlas.computeCharts({ maxCost: MAX_COST });
    let density = Math.min(texelsPerUnit, side * Math.sqrt(COVERED / meshArea(mesh)));
    for (let round = 0; round < MAX_ROUNDS; round++) {
      atlas.packCharts({ texelsPerUnit: density, padding: PADDING, bilinear: true });
      const { width, height } = atlas;
      if (width === 0 || height === 0) break;
      if (Math.max(width, height) <= side)
        return { ...layout(atlas.getMesh(0)), width, height, texelsPerUnit: density };
      density *= (0.98 * side) / Math.max(width, height);
    }
  } finally {
    atlas.delete();
  }
  throw new RangeError(`its surface does not fit into a texture of ${side} x ${side}`);
}

function layout(mesh: AtlasMesh): Pick<Unwrapped, 'indices' | 'source' | 'texels'> {
  const indices = new Uint32Array(mesh.indexCount);
  mesh.getIndexArray(indices);
  const source = new Uint32Array(mesh.vertexCount);
  const texels = new Float32Array(2 * mesh.vertexCount);
  for (let i = 0; i < mesh.vertexCount; i++) {
    const { xref, uv } = mesh.getVertex(i);
    source[i] = xref;
    texels.set(uv, 2 * i);
  }
  return { indices, source, texels };
}
