/** A request decoded and brought to the size the stages work at. */
import { mat3, quat, SceneMakerError, type Vec3 } from '@scenemaker/sdk';
import { decodePicture } from './input/picture.js';
import type { PipelineRequest } from './pipeline-types.js';
import { decodeMask, resizeMask } from './stages/mask-ops.js';
import { planesOf, resample, toByte, wholeRect } from './stages/picture-ops.js';
import type { Intrinsics, Picture, SegmentHint } from './stages/stage.js';

/** Larger pictures are scaled down to this longest side; no model looks closer. */
const LONGEST_SIDE = 1024;

export interface PipelineInput {
  /** At the working size. */
  picture: Picture;
  /** As given. */
  fullPicture: Picture;
  /** The given picture's size, and working pixels for one of its pixels. */
  fullWidth: number;
  fullHeight: number;
  scale: number;
  /** Working size, metres, NaN where there is none. */
  depth?: Float32Array;
  /** In working pixels. */
  intrinsics?: Intrinsics;
  intrinsicsFrom: 'given' | 'exif' | 'estimated';
  /** Unit vector against gravity, camera frame, where the camera's pose is given. */
  up?: Vec3;
  hints: SegmentHint[];
}

export async function preparePipelineInput(request: PipelineRequest): Promise<PipelineInput> {
  const decoded = await decodePicture(request.picture);
  const { width: fullWidth, height: fullHeight } = decoded.picture;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(fullWidth, fullHeight));
  const fullPicture = shared(decoded.picture);
  const picture = scale < 1 ? shared(shrinkPicture(decoded.picture, scale)) : fullPicture;
  const [scaleX, scaleY] = [picture.width / fullWidth, picture.height / fullHeight];
  const intrinsics = request.intrinsics ?? decoded.intrinsics;
  const depth = request.depth && depthAt(request.depth, picture, decoded.picture);
  const up =
    request.cameraToWorld && mat3.apply(mat3.transpose(quat.toMat3(request.cameraToWorld.rotation)), [0, 1, 0]);
  return {
    picture,
    fullPicture,
    fullWidth,
    fullHeight,
    scale,
    ...(depth !== undefined && { depth }),
    ...(intrinsics !== undefined && { intrinsics: scaleIntrinsics(intrinsics, scaleX, scaleY) }),
    intrinsicsFrom:
      request.intrinsics !== undefined ? 'given' : decoded.intrinsics !== undefined ? 'exif' : 'estimated',
    ...(up !== undefined && { up }),
    hints: (request.objects ?? []).map((hint) => segmentHint(hint, decoded.picture, picture)),
  };
}

export function scaleIntrinsics({ fx, fy, cx, cy }: Intrinsics, scaleX: number, scaleY: number): Intrinsics {
  return { fx: fx * scaleX, fy: fy * scaleY, cx: cx * scaleX, cy: cy * scaleY };
}

/** The picture in memory that all threads read, so that handing it on copies nothing. */
function shared(picture: Picture): Picture {
  const data = new Uint8Array(new SharedArrayBuffer(picture.data.length));
  data.set(picture.data);
  return { ...picture, data };
}

function shrinkPicture(picture: Picture, scale: number): Picture {
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const planes = resample(planesOf(picture), wholeRect(picture), width, height);
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < 3; channel++)
      data[3 * i + channel] = toByte(planes.data[channel * width * height + i]);
  }
  return { width, height, data };
}

/** Depth under each working pixel's centre, in memory that all threads read: depths on both sides of an edge are not mixed. */
function depthAt(given: NonNullable<PipelineRequest['depth']>, picture: Picture, full: Picture): Float32Array {
  if (given.width !== full.width || given.height !== full.height) {
    throw new SceneMakerError('depth-invalid', 'the depth map does not have the size of the picture', {
      given: `${given.width} x ${given.height}`,
      allowed: `${full.width} x ${full.height}`,
    });
  }
  const { width, height } = picture;
  const depth = new Float32Array(new SharedArrayBuffer(4 * width * height));
  let valid = 0;
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * given.height) / height) * given.width;
    for (let x = 0; x < width; x++, i++) {
      const z = given.data[row + Math.floor(((x + 0.5) * given.width) / width)];
      depth[i] = z > 0 && Number.isFinite(z) ? z : NaN;
      if (depth[i] > 0) valid++;
    }
  }
  if (valid === 0) throw new SceneMakerError('depth-invalid', 'the depth map holds no valid depth');
  return depth;
}

type ObjectHint = NonNullable<PipelineRequest['objects']>[number];

function segmentHint({ mask, box, points, words }: ObjectHint, full: Picture, picture: Picture): SegmentHint {
  const [scaleX, scaleY] = [picture.width / full.width, picture.height / full.height];
  if (mask !== undefined && (mask.width !== full.width || mask.height !== full.height)) {
    throw new SceneMakerError('bad-request', 'a mask does not have the size of the picture', {
      given: `${mask.width} x ${mask.height}`,
      allowed: `${full.width} x ${full.height}`,
    });
  }
  return {
    ...(mask !== undefined && { mask: resizeMask(decodeMask(mask), picture.width, picture.height) }),
    ...(box !== undefined && { box: [box[0] * scaleX, box[1] * scaleY, box[2] * scaleX, box[3] * scaleY] as const }),
    ...(points !== undefined && { points: points.map(([x, y]) => [x * scaleX, y * scaleY] as const) }),
    ...(words !== undefined && { words }),
  };
}
