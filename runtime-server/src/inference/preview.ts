/** Previews as the pipeline gives them, made ready for the wire. */
import { type Mesh, type Preview, simplifyClosed } from '@scenemaker/sdk';
import type { DepthMap, PipelinePreview } from '../pipeline-types.js';
import { encodePng } from '../pictures/png.js';
import { nearestColors } from '../stages/nearest-colors.js';

/** The longest side of a depth preview, pixels. */
const MAX_DEPTH_SIDE = 640;
/** In the mesh of a shape preview: about 25 kB with its colours. */
const MAX_TRIANGLES = 1000;
/** Later events wait for a preview to be encoded. */
const FAST = 1;

export async function toPreview(preview: PipelinePreview): Promise<Preview> {
  switch (preview.kind) {
    case 'segment':
      return preview;
    case 'depth': {
      const { width, height, data } = shrink(preview.depth);
      return { kind: 'depth', width, height, depth: data };
    }
    case 'deocclude': {
      const [before, after] = await Promise.all([encodePng(preview.before, FAST), encodePng(preview.after, FAST)]);
      return { kind: 'deocclude', objectId: preview.objectId, window: preview.window, before, after };
    }
    case 'shape':
      return { ...preview, mesh: coarse(preview.mesh) };
  }
}

/** A closed mesh of few triangles, with the colours of the given one. */
function coarse(mesh: Mesh): Mesh {
  if (mesh.indices.length / 3 <= MAX_TRIANGLES) return mesh;
  const { positions, indices } = simplifyClosed(mesh, MAX_TRIANGLES);
  return { positions, indices, ...(mesh.colors && { colors: nearestColors(positions, mesh, mesh.colors) }) };
}

/** Takes every n-th pixel, since mixing near and far depths would invent surfaces. */
function shrink(depth: DepthMap): DepthMap {
  const step = Math.ceil(Math.max(depth.width, depth.height) / MAX_DEPTH_SIDE);
  if (step === 1) return depth;
  const width = Math.ceil(depth.width / step);
  const height = Math.ceil(depth.height / step);
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data[y * width + x] = depth.data[y * step * depth.width + x * step];
  }
  return { width, height, data };
}
