import { readFile } from 'node:fs/promises';
import { SceneMakerError } from '@scenemaker/sdk';

/** The bytes of a scene file. Errors: input-missing, input-empty. */
export async function readScene(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new SceneMakerError('input-missing', `${file} does not exist or may not be read`, { given: file, cause });
  });
  if (bytes.length === 0) throw new SceneMakerError('input-empty', `${file} is empty`, { given: file });
  return new Uint8Array(bytes);
}
