import { readFile } from 'node:fs/promises';
import { SceneMakerError } from '@scenemaker/sdk';

/** The bytes of a file that the user named. Errors: input-missing, input-empty. */
export async function readInput(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new SceneMakerError('input-missing', `${path} does not exist or may not be read`, { given: path, cause });
  });
  if (bytes.length === 0) throw new SceneMakerError('input-empty', `${path} is empty`, { given: path });
  return new Uint8Array(bytes);
}
