/** Previews as the pipeline gives them, made ready for the wire. */
import type { Preview } from '@scenemaker/sdk';
import type { DepthMap, PipelinePreview } from '../pipeline-types.js';
import { encodePng } from '../pictures/png.js';

/** The longest side of a depth preview, pixels. */
const MAX_DEPTH_SIDE = 640;
/** Later events wait for a preview to be encoded. */
const FAST = 1;

export async function toPreview(preview: PipelinePreview): Promise<Preview> {
  switch (preview.kind) {
    case 'segment':
    case 'shape':
      return preview;
    case 'depth': {
      const { width, height, data } = shrink(preview.depth);
      return { kind: 'depth', width, height, depth: data };
    }
    case 'deocclude': {
      const [before, after] = await Promise.all([encodePng(preview.before, FAST), encodePng(preview.after, FAST)]);
      return { kind: 'deocclude', objectId: preview.objectId, window: preview.window, before, after };
    }
  }
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
