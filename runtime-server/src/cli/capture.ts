/**
 * What is known of a picture beside its pixels, from the document next to it: `mug.json` beside
 * `mug.jpg`, as the sample pictures have. Its fields: `picture`, the file's name; `intrinsics` in
 * pixels; `cameraToWorld`; `depth`, the name of a 16-bit PNG in millimetres. All but the first may
 * be absent, and others are ignored.
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import * as v from 'valibot';
import { type GenerateRequest, intrinsicsSchema, rigidTransformSchema, SceneMakerError } from '@scenemaker/sdk';

export type Capture = Pick<GenerateRequest, 'depth' | 'intrinsics' | 'cameraToWorld'>;

const captureSchema = v.object({
  picture: v.string(),
  intrinsics: v.exactOptional(intrinsicsSchema),
  cameraToWorld: v.exactOptional(rigidTransformSchema),
  depth: v.exactOptional(v.string()),
});

/** Where the document of a picture would lie. */
export const capturePath = (picture: string): string =>
  join(dirname(picture), `${basename(picture, extname(picture))}.json`);

/** Empty where there is no document, or one that speaks of another file. Errors: bad-request, input-missing. */
export async function readCapture(picture: string): Promise<Capture> {
  const path = capturePath(picture);
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return {};
  const document = parseJson(text);
  if (!v.is(v.object({ picture: v.literal(basename(picture)) }), document)) return {};
  const parsed = v.safeParse(captureSchema, document, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new SceneMakerError('bad-request', `${path}: ${v.getDotPath(issue) ?? 'document'}: ${issue.message}`);
  }
  const { intrinsics, cameraToWorld, depth } = parsed.output;
  return {
    ...(intrinsics && { intrinsics }),
    ...(cameraToWorld && { cameraToWorld }),
    ...(depth !== undefined && { depth: await readDepth(join(dirname(path), depth)) }),
  };
}

/** A 16-bit PNG of depth. Errors: input-missing. */
export async function readDepth(path: string, metersPerUnit = 0.001): Promise<NonNullable<Capture['depth']>> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new SceneMakerError('input-missing', `the depth map ${path} does not exist or may not be read`, {
      given: path,
      cause,
    });
  });
  if (bytes.length === 0) throw new SceneMakerError('input-empty', `${path} is empty`, { given: path });
  return { encoding: 'png16', bytes: new Uint8Array(bytes), metersPerUnit };
}

/** In words, what a capture adds to the picture; empty when it adds nothing. */
export function describeCapture({ depth, intrinsics, cameraToWorld }: Capture): string {
  const parts = [depth && 'depth map', intrinsics && 'intrinsics', cameraToWorld && 'camera pose'].filter(Boolean);
  return parts.join(', ');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
