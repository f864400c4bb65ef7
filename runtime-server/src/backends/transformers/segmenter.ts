/** Masks of what boxes and points show, by SAM, SlimSAM or SAM 2. */
import { SceneMakerError } from '@scenemaker/sdk';
import type { Tensor } from '@huggingface/transformers';
import type { ModelPack, SessionOptions } from '../../models/index.js';
import type { Mask, Picture } from '../../stages/stage.js';
import { type Library, loadModel, type ModelFolder, type Processor, toImage } from './library.js';

/** At least one of the two. */
export interface Prompt {
  /** x0, y0, x1, y1 in pixels of the picture. */
  box?: readonly [number, number, number, number];
  /** x, y on the object. */
  points?: readonly (readonly [number, number])[];
}

/** What the prompt encoder is told of a point: on the object, or none at all. */
const ON_OBJECT = 1;
const NO_POINT = -10;

/** What SamModel and Sam2Model, which EdgeTAM and SAM 3's tracker are too, have in common. */
interface SamModel {
  (inputs: Record<string, unknown>): Promise<{ pred_masks: Tensor; iou_scores: Tensor }>;
  get_image_embeddings(inputs: { pixel_values: Tensor }): Promise<Record<string, Tensor>>;
  sessions: Record<string, { inputNames: readonly string[] }>;
  dispose(): Promise<unknown>;
}

interface Processed {
  pixel_values: Tensor;
  original_sizes: [number, number][];
  reshaped_input_sizes: [number, number][];
}

export class Segmenter {
  readonly #library: Library;
  readonly #processor: Processor;
  readonly #model: SamModel;
  /** Whether it is of the family of SAM 2, whose decoder takes the picture at several sizes. */
  readonly #isSam2: boolean;

  private constructor(library: Library, processor: Processor, model: SamModel, isSam2: boolean) {
    this.#library = library;
    this.#processor = processor;
    this.#model = model;
    this.#isSam2 = isSam2;
  }

  static async open(library: Library, pack: ModelPack, from: ModelFolder, options: SessionOptions): Promise<Segmenter> {
    // SAM 2's checkpoints say that they are `sam2_video`, which the library knows as `sam2` alone.
    const classFor = (type: string | null) => (type === 'sam2_video' ? library.Sam2Model : library.AutoModel);
    const loaded = await loadModel<unknown>(library, pack, from, options, classFor);
    const { processor, model } = loaded as { processor: Processor; model: SamModel };
    const given = model.sessions['prompt_encoder_mask_decoder']?.inputNames ?? [];
    const isSam2 = given.includes('image_embeddings.0');
    if (given.includes('input_boxes')) return new Segmenter(library, processor, model, isSam2);
    await model.dispose();
    throw new SceneMakerError(
      'pack-corrupt',
      `pack ${pack.label}: ${from.folder} has no mask decoder that takes boxes`,
      {
        given,
        allowed: 'input_boxes',
      },
    );
  }

  /** For each prompt the mask that the model thinks best of, at the picture's size, and how good it thinks it is. */
  async masks(picture: Picture, prompts: readonly Prompt[]): Promise<{ mask: Mask; score: number }[]> {
    if (prompts.length === 0) return [];
    const processed = (await this.#processor(toImage(this.#library, picture))) as Processed;
    const embeddings = await this.#model.get_image_embeddings({ pixel_values: processed.pixel_values });
    const found: { mask: Mask; score: number }[] = [];
    for (const prompt of prompts) {
      const answer = await this.#model({ ...embeddings, ...this.#encode(prompt, processed) });
      found.push(await this.#best(answer, processed, picture));
    }
    return found;
  }

  /** In pixels of the network's input. */
  #encode({ box, points }: Prompt, { original_sizes, reshaped_input_sizes }: Processed): Record<string, Tensor> {
    const { Tensor: LibraryTensor } = this.#library;
    const [[height, width], [innerHeight, innerWidth]] = [original_sizes[0], reshaped_input_sizes[0]];
    const scaled = (values: readonly number[]): Float32Array =>
      Float32Array.from(values, (value, i) => value * (i % 2 === 0 ? innerWidth / width : innerHeight / height));
    const pointTensors = (asked: readonly (readonly [number, number])[], label: number) => ({
      input_points: new LibraryTensor('float32', scaled(asked.flat()), [1, 1, asked.length, 2]),
      input_labels: new LibraryTensor('int64', new BigInt64Array(asked.length).fill(BigInt(label)), [
        1,
        1,
        asked.length,
      ]),
    });
    const given = {
      ...(points && pointTensors(points, ON_OBJECT)),
      ...(box && { input_boxes: new LibraryTensor('float32', scaled(box), [1, 1, 4]) }),
    };
    // The library fills in what SAM 2 is not given, and does not for SAM.
    if (this.#isSam2) return given;
    const noBoxes = new LibraryTensor('float32', new Float32Array(0), [1, 0, 4]);
    return { ...pointTensors([[0, 0]], NO_POINT), input_boxes: noBoxes, ...given };
  }

  async #best(
    { pred_masks, iou_scores }: { pred_masks: Tensor; iou_scores: Tensor },
    { original_sizes, reshaped_input_sizes }: Processed,
    { width, height }: Picture,
  ): Promise<{ mask: Mask; score: number }> {
    const scores = [...(iou_scores.data as Float32Array)];
    const best = scores.indexOf(Math.max(...scores));
    const upscaler = this.#processor as unknown as Upscaler;
    const [masks] = this.#isSam2
      ? await upscaleStretched(upscaler, pred_masks, original_sizes)
      : await upscaler.post_process_masks(pred_masks, original_sizes, reshaped_input_sizes);
    const size = width * height;
    const data = Uint8Array.from((masks.data as Uint8Array).subarray(best * size, (best + 1) * size));
    return { mask: { width, height, data }, score: Math.min(1, Math.max(0, scores[best])) };
  }

  async dispose(): Promise<void> {
    await this.#model.dispose();
  }
}

export interface Upscaler {
  post_process_masks(
    masks: Tensor,
    original: [number, number][],
    inner: [number, number][],
    options?: { pad_size: { height: number; width: number } },
  ): Promise<Tensor[]>;
}

/**
 * Masks [1, 1, 3, h, w] of a stretched picture at the picture's size, in one step as Sam2ImageProcessor of the Python
 * library does it. The library here takes two, by way of the network's input; told that this is as large as the masks,
 * its first changes nothing.
 */
export function upscaleStretched(upscaler: Upscaler, masks: Tensor, original: [number, number][]): Promise<Tensor[]> {
  const [height, width] = masks.dims.slice(-2);
  return upscaler.post_process_masks(masks, original, [[height, width]], { pad_size: { height, width } });
}
