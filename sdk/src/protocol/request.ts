/** What a client may ask for: the picture, what is known about it, and options. */
import * as v from 'valibot';
import { SceneMakerError } from './errors.js';
import {
  bytesSchema,
  finite,
  float32Schema,
  positive,
  rigidTransformSchema,
  runLengthMaskSchema,
} from '../scene/schema.js';

const describe = v.description;
const words = v.pipe(v.string(), v.maxLength(200));
const bytes = v.pipe(bytesSchema, v.minLength(1));
const pixels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff));

export const intrinsicsSchema = v.pipe(
  v.strictObject({ fx: positive, fy: positive, cx: finite, cy: finite }),
  describe('Pinhole intrinsics in pixels of the upright picture; pixel centres at half integers.'),
);

export const depthInputSchema = v.pipe(
  v.variant('encoding', [
    v.strictObject({
      encoding: v.literal('png16'),
      bytes: v.pipe(bytes, describe('A 16-bit greyscale PNG of the size of the picture; 0 means no depth.')),
      metersPerUnit: v.exactOptional(v.pipe(positive, describe('Metres for each grey level; 0.001 when absent.'))),
    }),
    v.strictObject({
      encoding: v.literal('float32'),
      width: pixels,
      height: pixels,
      meters: v.pipe(
        float32Schema,
        describe('z along the optical axis, metres, row by row; not finite or <= 0 means no depth.'),
      ),
    }),
  ]),
  v.check(
    (depth) => depth.encoding === 'png16' || depth.meters.length === depth.width * depth.height,
    'does not hold width * height numbers',
  ),
);

export const objectHintSchema = v.pipe(
  v.strictObject({
    mask: v.exactOptional(v.pipe(runLengthMaskSchema, describe('The visible pixels, at the size of the picture.'))),
    box: v.exactOptional(
      v.pipe(
        v.strictTuple([finite, finite, finite, finite]),
        describe('x0, y0, x1, y1 in pixels, x1 and y1 exclusive.'),
      ),
    ),
    points: v.exactOptional(
      v.pipe(v.array(v.strictTuple([finite, finite])), v.minLength(1), describe('x, y in pixels, on the object.')),
    ),
    words: v.exactOptional(v.pipe(words, describe('What the object is called.'))),
    sizeMeters: v.exactOptional(
      v.pipe(positive, describe('Its longest side, metres: gives the scene its scale where no depth map does.')),
    ),
    deoccludeWords: v.exactOptional(v.pipe(words, describe('What to fill in where the object is hidden.'))),
  }),
  v.check(
    (hint) =>
      hint.mask !== undefined || hint.box !== undefined || hint.points !== undefined || hint.words !== undefined,
    'names no object: give a mask, a box, points or words',
  ),
);

export const QUALITIES = ['fast', 'standard', 'best'] as const;

/** Most texels along either side of an object's texture; 0: none. */
export const TEXTURE_SIZES = [0, 256, 512, 1024, 2048] as const;

export const generateOptionsSchema = v.strictObject({
  seed: v.exactOptional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff), describe('Seeds everything random; 0.')),
  ),
  quality: v.exactOptional(v.pipe(v.picklist(QUALITIES), describe('Time against detail; standard.'))),
  maxObjects: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(256),
      describe('The best this many objects are kept; 16.'),
    ),
  ),
  textureSize: v.exactOptional(
    v.pipe(
      v.picklist(TEXTURE_SIZES),
      describe("Most texels along either side of an object's texture; 0 for coloured vertices alone; 512."),
    ),
  ),
  maxTriangles: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(100),
      v.maxValue(100_000),
      describe("Of each object's mesh, its level of detail; 5000."),
    ),
  ),
});

/** What may be sent while a job runs, besides progress and the scene. */
export const OUTPUTS = ['previews', 'objects'] as const;

export const depthFrameSchema = v.pipe(
  v.strictObject({ depth: depthInputSchema, intrinsics: intrinsicsSchema, cameraToWorld: rigidTransformSchema }),
  describe('What a posed depth camera saw of the same scene at rest. Its depth map may have any size.'),
);

const requestFields = v.strictObject({
  picture: v.pipe(bytes, describe('JPEG, PNG, WebP or AVIF; EXIF orientation is applied before anything else.')),
  depth: v.exactOptional(depthInputSchema),
  intrinsics: v.exactOptional(intrinsicsSchema),
  cameraToWorld: v.exactOptional(
    v.pipe(
      rigidTransformSchema,
      describe(
        'Camera (x right, y down, z forward) to world (right-handed, y up), metres. Absent: the camera is placed above the ground found.',
      ),
    ),
  ),
  cameraHeightMeters: v.exactOptional(
    v.pipe(
      positive,
      describe('Of the camera above the ground: gives the scene its scale where no depth map and no known size does.'),
    ),
  ),
  frames: v.exactOptional(
    v.pipe(
      v.array(depthFrameSchema),
      v.maxLength(16),
      describe(
        'Further depth frames, fused into that of the picture: they fill its holes and average its noise. Needs depth, intrinsics and cameraToWorld.',
      ),
    ),
  ),
  objects: v.exactOptional(
    v.pipe(v.array(objectHintSchema), v.maxLength(256), describe('Which objects to make. Absent: all that are found.')),
  ),
  options: v.exactOptional(generateOptionsSchema),
  outputs: v.exactOptional(
    v.pipe(
      v.array(v.picklist(OUTPUTS)),
      v.maxLength(2),
      describe('Which events are sent besides progress and the scene: previews, each object as it is ready; both.'),
    ),
  ),
});

export const generateRequestSchema = v.pipe(
  requestFields,
  v.check(
    ({ frames, depth, intrinsics, cameraToWorld }) =>
      frames === undefined || (depth !== undefined && intrinsics !== undefined && cameraToWorld !== undefined),
    'has frames to fuse without depth, intrinsics and cameraToWorld of its own',
  ),
);

export type GenerateRequest = v.InferOutput<typeof generateRequestSchema>;
export type GenerateOptions = v.InferOutput<typeof generateOptionsSchema>;
export type DepthInput = v.InferOutput<typeof depthInputSchema>;
export type DepthFrame = v.InferOutput<typeof depthFrameSchema>;
/** One object the client points out: by mask, box, points or words. */
export type ObjectHint = v.InferOutput<typeof objectHintSchema>;
export type TextureSize = (typeof TEXTURE_SIZES)[number];
export type Quality = (typeof QUALITIES)[number];

export const GENERATE_OPTIONS_DEFAULTS = {
  seed: 0,
  quality: 'standard',
  maxObjects: 16,
  textureSize: 512,
  maxTriangles: 5000,
} as const satisfies Required<GenerateOptions>;

/** Errors: bad-request, naming the first field that is wrong. */
export function checkGenerateRequest(request: GenerateRequest): void {
  const checked = v.safeParse(generateRequestSchema, request, { abortEarly: true });
  if (checked.success) return;
  const [issue] = checked.issues;
  throw new SceneMakerError('bad-request', `${v.getDotPath(issue) ?? 'request'}: ${issue.message}`);
}
