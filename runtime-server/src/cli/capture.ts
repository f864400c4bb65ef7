/**
 * What is known of a picture beside its pixels, from the document next to it: `mug.json` beside
 * `mug.jpg`, as the sample pictures have. Its fields: `picture`, the file's name; `intrinsics` in
 * pixels; `cameraToWorld`; `depth`, the name of a 16-bit PNG in millimetres, or of
 * an .npy in metres. All but the first may be absent, and others are ignored.
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import * as v from 'valibot';
import {
  type DepthFrame,
  type GenerateRequest,
  intrinsicsSchema,
  rigidTransformSchema,
  SceneMakerError,
} from '@scenemaker/sdk';
import { readNpyMap } from '../input/npy.js';
import { readInput } from './read-input.js';

export type Capture = Pick<GenerateRequest, 'depth' | 'intrinsics' | 'cameraToWorld'>;

const frameSchema = v.object({ intrinsics: intrinsicsSchema, cameraToWorld: rigidTransformSchema, depth: v.string() });
const captureSchema = v.object({
  intrinsics: v.exactOptional(frameSchema.entries.intrinsics),
  cameraToWorld: v.exactOptional(frameSchema.entries.cameraToWorld),
  depth: v.exactOptional(frameSchema.entries.depth),
});

const MILLIMETRE = 0.001;

/** Where the document of a picture would lie. */
export const capturePath = (picture: string): string =>
  join(dirname(picture), `${basename(picture, extname(picture))}.json`);

/** Empty where there is no document, or one that speaks of another file. Errors: bad-request, input-missing. */
export async function readCapture(picture: string, metersPerUnit = MILLIMETRE): Promise<Capture> {
  const path = capturePath(picture);
  const text = await readFile(path, 'utf8').catch(() => null);
  const document = text === null ? undefined : parseJson(text);
  if (!v.is(v.object({ picture: v.literal(basename(picture)) }), document)) return {};
  const { depth, ...capture } = parseDocument(captureSchema, document, path);
  return {
    ...capture,
    ...(depth !== undefined && { depth: await readDepth(join(dirname(path), depth), metersPerUnit) }),
  };
}

/** A further depth frame: a document as beside a picture, with depth, intrinsics and pose. Errors: as `readCapture`. */
export async function readFrame(path: string, metersPerUnit = MILLIMETRE): Promise<DepthFrame> {
  const text = Buffer.from(await readInput(path)).toString('utf8');
  const { depth, ...frame } = parseDocument(frameSchema, parseJson(text), path);
  return { ...frame, depth: await readDepth(join(dirname(path), depth), metersPerUnit) };
}

/** A 16-bit PNG or a float .npy of depth. Errors: input-missing, input-empty, depth-invalid. */
export async function readDepth(path: string, metersPerUnit = MILLIMETRE): Promise<NonNullable<Capture['depth']>> {
  const bytes = await readInput(path);
  if (extname(path).toLowerCase() !== '.npy') return { encoding: 'png16', bytes, metersPerUnit };
  const { width, height, data } = readNpyMap(bytes, path);
  return { encoding: 'float32', width, height, meters: data };
}

function parseDocument<T>(schema: v.GenericSchema<unknown, T>, document: unknown, path: string): T {
  const parsed = v.safeParse(schema, document, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new SceneMakerError('bad-request', `${path}: ${v.getDotPath(issue) ?? 'document'}: ${issue.message}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
