/** What `generate` takes beside the picture: what is known of it, which objects are meant, and how to go about it. */
import sharp from 'sharp';
import {
  checkGenerateRequest,
  type GenerateRequest,
  isSceneMakerError,
  type ObjectHint,
  QUALITIES,
  TEXTURE_SIZES,
} from '@scenemaker/sdk';
import { encodeMask } from '../stages/mask-ops.js';
import {
  parseChoice,
  parseInteger,
  parseIntrinsics,
  parseNumber,
  parseNumbers,
  parsePose,
  usageError,
} from './arguments.js';
import { readCapture, readDepth, readFrame } from './capture.js';
import { readInput } from './read-input.js';

export const INPUT_HELP = `What is known of the picture
  --capture                  use what NAME.json beside the picture says: depth, intrinsics, camera pose
  --depth FILE               depth map of the picture's size: a 16-bit PNG, or .npy of float metres
  --depth-unit METRES        metres for each grey level of PNGs (0.001)
  --intrinsics FX,FY,CX,CY   focal lengths and principal point, pixels
  --camera-pose X,Y,Z,QX,QY,QZ,QW   camera (x right, y down, z forward) to world (y up), metres
  --camera-height METRES     of the camera above the ground, for scale
  --frame FILE               a further depth frame, as JSON like that beside the picture; may be repeated

Which objects (all that are found)
  --masks FILE               a PNG whose grey levels number the objects, 0 for none
  --object SPEC              one object, as in "box=10,20,200,180;words=red mug;size=0.1"; may be repeated
        mask=FILE            a PNG, not black where the object is seen
        box=X0,Y0,X1,Y1      pixels
        points=X,Y,X,Y       pixels on it
        words=TEXT           what it is called
        size=METRES          its longest side, for scale
        deocclude=TEXT       what to fill in where it is hidden
`;

export const OPTIONS_HELP = `  --seed N                   seeds everything random (0)
  --quality Q                ${QUALITIES.join(', ')} (standard)
  --max-objects N            keep the best N objects (16)
  --textures N               most texels along a side of an object's texture: ${TEXTURE_SIZES.join(', ')} (512);
                             0 for coloured vertices alone
  --triangles N              most triangles of an object's mesh, 100 to 100000 (5000)
`;

export const INPUT_OPTIONS = {
  capture: { type: 'boolean', default: false },
  depth: { type: 'string' },
  'depth-unit': { type: 'string', default: '0.001' },
  intrinsics: { type: 'string' },
  'camera-pose': { type: 'string' },
  'camera-height': { type: 'string' },
  frame: { type: 'string', multiple: true },
  masks: { type: 'string' },
  object: { type: 'string', multiple: true },
} as const;

/** The options that `generate` and `demo` share. */
export const GENERATE_OPTIONS = {
  seed: { type: 'string' },
  quality: { type: 'string' },
  'max-objects': { type: 'string' },
  textures: { type: 'string' },
  triangles: { type: 'string' },
} as const;

export type Inputs = Omit<GenerateRequest, 'picture' | 'options' | 'outputs'>;

interface InputValues {
  capture: boolean;
  depth?: string | undefined;
  'depth-unit': string;
  intrinsics?: string | undefined;
  'camera-pose'?: string | undefined;
  'camera-height'?: string | undefined;
  frame?: string[] | undefined;
  masks?: string | undefined;
  object?: string[] | undefined;
}

/** Reads the files that are named, and checks all of it. Errors: bad-request, input-missing, input-empty, depth-invalid. */
export async function readInputs(picture: string, values: InputValues): Promise<Inputs> {
  const { frame: frames, object: specs = [] } = values;
  const metersPerUnit = parseNumber(values['depth-unit'], '--depth-unit');
  const inputs: Inputs = values.capture ? await readCapture(picture, metersPerUnit) : {};
  if (values.depth !== undefined) inputs.depth = await readDepth(values.depth, metersPerUnit);
  if (values.intrinsics !== undefined) inputs.intrinsics = parseIntrinsics(values.intrinsics);
  if (values['camera-pose'] !== undefined) inputs.cameraToWorld = parsePose(values['camera-pose'], '--camera-pose');
  if (values['camera-height'] !== undefined) {
    inputs.cameraHeightMeters = parseNumber(values['camera-height'], '--camera-height');
  }
  if (frames) inputs.frames = await Promise.all(frames.map((path) => readFrame(path, metersPerUnit)));
  const masks = values.masks === undefined ? [] : await readLabels(values.masks);
  const objects = [...masks, ...(await Promise.all(specs.map(parseObject)))];
  if (objects.length > 0) inputs.objects = objects;
  // Any picture: its own fitness is another matter.
  checkGenerateRequest({ ...inputs, picture: Uint8Array.of(0) });
  return inputs;
}

/** In words, what is given beside the picture; empty when nothing is. */
export function describeInputs({ depth, intrinsics, cameraToWorld, ...inputs }: Inputs): string {
  const { cameraHeightMeters, frames = [], objects = [] } = inputs;
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
  return [
    depth && 'depth map',
    intrinsics && 'intrinsics',
    cameraToWorld && 'camera pose',
    cameraHeightMeters !== undefined && 'camera height',
    frames.length > 0 && counted(frames.length, 'further frame'),
    objects.length > 0 && counted(objects.length, 'object'),
  ]
    .filter(Boolean)
    .join(', ');
}

/** Options as given on the command line, checked. Errors: bad-request. */
export function parseOptions(values: {
  seed?: string | undefined;
  quality?: string | undefined;
  'max-objects'?: string | undefined;
  textures?: string | undefined;
  triangles?: string | undefined;
}): NonNullable<GenerateRequest['options']> {
  const { seed, quality, 'max-objects': maxObjects, textures, triangles } = values;
  const textureSize = TEXTURE_SIZES.find((size) => String(size) === textures);
  if (textures !== undefined && textureSize === undefined) {
    throw usageError(`--textures takes one of ${TEXTURE_SIZES.join(', ')}, not ${textures}`, textures, TEXTURE_SIZES);
  }
  return {
    ...(seed !== undefined && { seed: parseInteger(seed, '--seed', 0, 0xffffffff) }),
    ...(quality !== undefined && { quality: parseChoice(quality, '--quality', QUALITIES) }),
    ...(maxObjects !== undefined && { maxObjects: parseInteger(maxObjects, '--max-objects', 1, 256) }),
    ...(textureSize !== undefined && { textureSize }),
    ...(triangles !== undefined && { maxTriangles: parseInteger(triangles, '--triangles', 100, 100_000) }),
  };
}

/** How each key of `--object` reads its value. */
const OBJECT_KEYS: Record<string, (value: string) => ObjectHint | Promise<ObjectHint>> = {
  mask: async (path) => {
    const { width, height, data } = await readGrey(path);
    return { mask: encodeMask({ width, height, data: data.map((grey) => (grey > 0 ? 1 : 0)) }) };
  },
  box: (value) => {
    const [x0, y0, x1, y1] = parseNumbers(value, '--object box', ['X0', 'Y0', 'X1', 'Y1']);
    return { box: [x0, y0, x1, y1] };
  },
  points: (value) => {
    const numbers = value.split(',').map((part) => parseNumber(part, '--object points'));
    if (numbers.length % 2 !== 0) throw usageError(`--object points takes X,Y,X,Y,…, not ${value}`, value);
    const pairs = Array.from({ length: numbers.length / 2 }, (_, i) => numbers.slice(2 * i, 2 * i + 2));
    return { points: pairs.map(([x, y]) => [x, y]) };
  },
  words: (words) => ({ words }),
  size: (value) => ({ sizeMeters: parseNumber(value, '--object size') }),
  deocclude: (deoccludeWords) => ({ deoccludeWords }),
};

async function parseObject(spec: string): Promise<ObjectHint> {
  const fields = spec.split(';').map(async (field) => {
    const [key = '', ...rest] = field.split('=');
    const read = Object.hasOwn(OBJECT_KEYS, key.trim()) ? OBJECT_KEYS[key.trim()] : undefined;
    if (!read || rest.length === 0) {
      const allowed = Object.keys(OBJECT_KEYS);
      throw usageError(`--object takes KEY=VALUE;… with ${allowed.join(', ')}, not ${field}`, field, allowed);
    }
    return read(rest.join('=').trim());
  });
  return Object.assign({}, ...(await Promise.all(fields))) as ObjectHint;
}

/** One hint for each grey level above 0, in their order. */
async function readLabels(path: string): Promise<ObjectHint[]> {
  const { width, height, data } = await readGrey(path);
  const levels = [...new Set(data)].filter((level) => level > 0).sort((a, b) => a - b);
  if (levels.length === 0) throw usageError(`${path} marks no object: every pixel is black`, path);
  return levels.map((level) => ({
    mask: encodeMask({ width, height, data: data.map((grey) => (grey === level ? 1 : 0)) }),
  }));
}

/** The brightest channel of each pixel. */
async function readGrey(path: string): Promise<{ width: number; height: number; data: Uint8Array }> {
  const unreadable = (what: string) => usageError(`${path} is not an 8-bit PNG, as a mask has to be: ${what}`, path);
  const image = sharp(await readInput(path)).removeAlpha();
  try {
    const { format, depth } = await image.metadata();
    if (format !== 'png' || depth !== 'uchar') throw unreadable(`${format} of ${depth}`);
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const grey = new Uint8Array(width * height);
    for (let i = 0; i < data.length; i++) grey[(i / channels) | 0] = Math.max(grey[(i / channels) | 0], data[i]);
    return { width, height, data: grey };
  } catch (thrown) {
    throw isSceneMakerError(thrown) ? thrown : unreadable(thrown instanceof Error ? thrown.message : String(thrown));
  }
}
