/** Transformers.js, loaded when a pack asks for it, and kept off the network. */
import { SceneMakerError } from '@scenemaker/sdk';
import type * as transformers from '@huggingface/transformers';
import type { ConcreteDevice, ModelPack, SessionOptions } from '../../models/index.js';
import type { Picture } from '../../stages/stage.js';

export type Library = typeof transformers;

/** What it calls our devices. */
const DEVICES = { cpu: 'cpu', webgpu: 'webgpu', cuda: 'cuda', directml: 'dml', coreml: 'coreml' } as const;

/** Errors: package-missing. */
export async function loadLibrary(): Promise<Library> {
  let library: Library;
  try {
    library = await import('@huggingface/transformers');
  } catch (cause) {
    throw new SceneMakerError(
      'package-missing',
      'the backend transformers needs: npm install @huggingface/transformers',
      {
        cause,
      },
    );
  }
  library.env.allowRemoteModels = false;
  library.env.allowLocalModels = true;
  library.env.useFSCache = false;
  return library;
}

/** How a model of the pack is loaded; `folder` is its own, within the pack's. */
export function loadOptions(library: Library, pack: ModelPack, { device = 'cpu', threads }: SessionOptions) {
  // The library has one place for models; packs are opened one after the other.
  library.env.localModelPath = pack.directory;
  return {
    device: toLibraryDevice(device),
    local_files_only: true,
    session_options: { logSeverityLevel: 3, ...(threads !== undefined && { intraOpNumThreads: threads }) } as const,
  };
}

function toLibraryDevice(device: ConcreteDevice): (typeof DEVICES)[keyof typeof DEVICES] {
  if (device !== 'tensorrt') return DEVICES[device];
  throw new SceneMakerError('device-unavailable', 'the backend transformers does not run on tensorrt', {
    given: device,
    allowed: Object.keys(DEVICES),
  });
}

/** Whatever the library throws while it loads a model, as an error of the pack. */
export async function loading<T>(pack: ModelPack, folder: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SceneMakerError('pack-corrupt', `pack ${pack.label}: ${folder} cannot be loaded: ${reason}`, { cause });
  }
}

export const toImage = (library: Library, { width, height, data }: Picture): transformers.RawImage =>
  new library.RawImage(data, width, height, 3);
