/** A request off the wire, made ready for the pipeline. */
import sharp from 'sharp';
import { GENERATE_OPTIONS_DEFAULTS, type GenerateRequest, SceneMakerError } from '@scenemaker/sdk';
import { decodeDepth } from '../input/depth.js';
import { fuseDepth } from '../input/fuse-depth.js';
import { checkPicture } from '../input/picture.js';
import type { DepthMap, PipelineRequest } from '../pipeline-types.js';

/** Errors: those of `checkPicture` and `decodeDepth`; bad-request for masks of another size. */
export async function toPipelineRequest(request: GenerateRequest): Promise<PipelineRequest> {
  const { depth, frames = [], outputs: _, options, ...rest } = request;
  await checkPicture(request.picture);
  const { autoOrient } = await sharp(request.picture).metadata();
  let map = depth && (await decodeDepth(depth));
  if (map) checkDepthSize(map, autoOrient);
  const { intrinsics, cameraToWorld } = request;
  if (map && intrinsics && cameraToWorld && frames.length > 0) {
    const further = await Promise.all(
      frames.map(async (frame) => ({ ...frame, depth: await decodeDepth(frame.depth) })),
    );
    map = fuseDepth({ depth: map, intrinsics, cameraToWorld }, further);
  }
  for (const { mask } of request.objects ?? []) {
    if (mask && (mask.width !== autoOrient.width || mask.height !== autoOrient.height)) {
      throw new SceneMakerError('bad-request', 'a mask does not have the size of the upright picture', {
        given: `${mask.width} x ${mask.height}`,
        allowed: `${autoOrient.width} x ${autoOrient.height}`,
      });
    }
  }
  return { ...rest, ...(map && { depth: map }), options: { ...GENERATE_OPTIONS_DEFAULTS, ...options } };
}

function checkDepthSize(map: DepthMap, picture: { width: number; height: number }): void {
  if (map.width === picture.width && map.height === picture.height) return;
  throw new SceneMakerError('depth-invalid', 'the depth map does not have the size of the upright picture', {
    given: `${map.width} x ${map.height}`,
    allowed: `${picture.width} x ${picture.height}`,
  });
}
