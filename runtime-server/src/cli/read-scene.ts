import { readGlb } from '@scenemaker/sim-adapters';
import { isSceneMakerError, type SceneDescription, SceneMakerError } from '@scenemaker/sdk';
import { readInput } from './read-input.js';

/** A scene file that the user named. Errors begin with its path: input-missing, input-empty and those of `readGlb`. */
export async function readScene(path: string): Promise<SceneDescription> {
  const bytes = await readInput(path);
  try {
    return await readGlb(bytes);
  } catch (error) {
    if (!isSceneMakerError(error)) throw error;
    throw new SceneMakerError(error.code, `${path}: ${error.message}`, { ...error.details, cause: error });
  }
}
