/** Previews as the pipeline gives them, made ready for the wire. */
import type { Preview } from '@scenemaker/sdk';
import type { DepthMap, PipelinePreview } from '../pipeline-types.js';
import { encodePng } from '../pictures/png.js';

/** The longest side of a depth preview, pixels. */
const MAX_DEPTH_SIDE = 640;

/** At once, but where a picture has to be encoded. */
export function toPreview(preview: PipelinePreview): Preview | Promise<Preview> {
  switch (preview.kind) {
    case 'segment':
      return preview;
    case 'depth': {
      const { width, height, data } = shrink(preview.depth);
      return { kind: 'depth', width, height, depth: data };
    }
    case 'deocclude': {
      const { kind, objectId, window } = preview;
      return Promise.all([encodePng(preview.before), encodePng(preview.after)]).then(([before, after]) => ({
        kind,
        objectId,
        window,
        before,
        after,
      }));
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
