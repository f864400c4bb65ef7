/**
 * A request from files: a picture, and beside it, if there are any, its depth map (16-bit PNG) and the document
 * that names both, as the sample pictures have: `mug.jpg`, `mug.json`, `mug.depth.png`.
 */
import { type GenerateRequest, intrinsicsSchema, rigidTransformSchema, SceneMakerError } from '@scenemaker/sdk';
import * as v from 'valibot';

export interface Capture {
  name: string;
  request: GenerateRequest;
}

const documentSchema = v.object({
  picture: v.string(),
  intrinsics: v.exactOptional(intrinsicsSchema),
  cameraToWorld: v.exactOptional(rigidTransformSchema),
  depth: v.exactOptional(v.string()),
});

/** Errors: image-unreadable where there is no picture among them; bad-request for a document that is not valid. */
export async function readCapture(files: readonly File[]): Promise<Capture> {
  const document = await readDocument(files);
  const picture =
    files.find(({ name }) => name === document?.picture) ??
    files.find(({ name, type }) => type.startsWith('image/') && !isDepth(name));
  if (!picture) {
    const given = files.map(({ name }) => name).join(', ');
    throw new SceneMakerError('image-unreadable', `${given || 'this'} is not a picture`, {
      given,
      allowed: 'JPEG, PNG, WebP or AVIF',
    });
  }
  const { intrinsics, cameraToWorld, depth: depthName } = document ?? {};
  const depth = files.find(({ name }) => (depthName === undefined ? isDepth(name) : name === depthName));
  return {
    name: picture.name || 'Picture',
    request: {
      picture: await bytesOf(picture),
      ...(intrinsics && { intrinsics }),
      ...(cameraToWorld && { cameraToWorld }),
      ...(depth && { depth: { encoding: 'png16', bytes: await bytesOf(depth), metersPerUnit: 0.001 } }),
    },
  };
}

const isDepth = (name: string): boolean => /\bdepth\.png$/iu.test(name);

async function readDocument(files: readonly File[]): Promise<v.InferOutput<typeof documentSchema> | undefined> {
  const file = files.find(({ name }) => name.toLowerCase().endsWith('.json'));
  if (!file) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), documentSchema), await file.text(), {
    abortEarly: true,
  });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new SceneMakerError('bad-request', `${file.name}: ${v.getDotPath(issue) ?? 'document'}: ${issue.message}`);
}

async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.arrayBuffer());
}
