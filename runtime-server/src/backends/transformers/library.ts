/** Transformers.js, loaded when a pack asks for it, and kept off the network. */
import { SceneMakerError } from '@scenemaker/sdk';
import type * as transformers from '@huggingface/transformers';
import * as v from 'valibot';
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

/** How any model of the pack is loaded. */
function loadOptions(library: Library, pack: ModelPack, { device = 'cpu', threads }: SessionOptions) {
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

/** The precision of a model's weights, as the library names it; it says which of the folder's files are loaded. */
export const precisionSchema = v.optional(v.picklist(['fp32', 'fp16', 'q8', 'q4', 'q4f16']), 'fp32');
export type Precision = v.InferOutput<typeof precisionSchema>;

export interface ModelFolder {
  /** Within the pack's. */
  folder: string;
  precision: Precision;
}

/** One of the library's classes of models. */
interface ModelClass<Model> {
  from_pretrained(folder: string, options: ReturnType<typeof loadOptions> & { dtype: Precision }): Promise<Model>;
}

export type Processor = transformers.Processor;

/**
 * A model, and what makes its inputs. `classFor` gives the library's class for the `model_type` of its configuration.
 * Errors: device-unavailable; pack-corrupt for whatever the library throws.
 */
export async function loadModel<Model>(
  library: Library,
  pack: ModelPack,
  { folder, precision }: ModelFolder,
  options: SessionOptions,
  classFor: (modelType: string | null) => ModelClass<Model>,
): Promise<{ processor: Processor; model: Model }> {
  const load = loadOptions(library, pack, options);
  try {
    const processor = await library.AutoProcessor.from_pretrained(folder, load);
    const { model_type } = await library.AutoConfig.from_pretrained(folder, load);
    const modelClass = classFor(model_type);
    return { processor, model: await modelClass.from_pretrained(folder, { ...load, dtype: precision }) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SceneMakerError('pack-corrupt', `pack ${pack.label}: ${folder} cannot be loaded: ${reason}`, { cause });
  }
}

export const toImage = (library: Library, { width, height, data }: Picture): transformers.RawImage =>
  new library.RawImage(data, width, height, 3);
