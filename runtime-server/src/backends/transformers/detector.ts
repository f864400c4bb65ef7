/** Boxes of what words name, by Grounding DINO. */
import type { ModelPack, SessionOptions } from '../../models/index.js';
import type { Picture } from '../../stages/stage.js';
import { type Library, loadModel, type ModelFolder, type Processor, toImage } from './library.js';

export interface Detection {
  /** x0, y0, x1, y1 in pixels of the picture. */
  box: readonly [number, number, number, number];
  label: string;
  /** 0 to 1. */
  score: number;
}

/** Boxes that overlap a surer one by more than this are the same thing's. */
const DUPLICATE_IOU = 0.7;

type Model = Awaited<ReturnType<Library['AutoModelForZeroShotObjectDetection']['from_pretrained']>>;

interface Grounded {
  scores: number[];
  boxes: number[][];
  labels: string[];
}

export class Detector {
  readonly #library: Library;
  readonly #processor: Processor;
  readonly #model: Model;

  private constructor(library: Library, processor: Processor, model: Model) {
    this.#library = library;
    this.#processor = processor;
    this.#model = model;
  }

  static async open(library: Library, pack: ModelPack, from: ModelFolder, options: SessionOptions): Promise<Detector> {
    const classFor = () => library.AutoModelForZeroShotObjectDetection;
    const { processor, model } = await loadModel<Model>(library, pack, from, options, classFor);
    return new Detector(library, processor, model);
  }

  /** What the words name, surest first. The label is of the words, as the model matched them. */
  async find(
    picture: Picture,
    words: readonly string[],
    thresholds: { box: number; text: number },
  ): Promise<Detection[]> {
    // As the model was trained: in lower case, a full stop after each.
    const text = words.map((word) => `${word.toLowerCase().replaceAll('.', ' ').trim()}.`).join(' ');
    const inputs = (await this.#processor(toImage(this.#library, picture), text)) as { input_ids: unknown };
    const outputs: unknown = await this.#model(inputs);
    const decode = this.#processor as unknown as {
      post_process_grounded_object_detection(
        outputs: unknown,
        ids: unknown,
        options: { box_threshold: number; text_threshold: number; target_sizes: [number, number][] },
      ): Grounded[];
    };
    const [{ scores, boxes, labels }] = decode.post_process_grounded_object_detection(outputs, inputs.input_ids, {
      box_threshold: thresholds.box,
      text_threshold: thresholds.text,
      target_sizes: [[picture.height, picture.width]],
    });
    return scores
      .map((score, i): Detection => {
        const [x0, y0, x1, y1] = boxes[i];
        return { box: [x0, y0, x1, y1], label: labels[i].replaceAll(/ ?\. ?/g, ' ').trim() || 'object', score };
      })
      .sort((a, b) => b.score - a.score);
  }

  async dispose(): Promise<void> {
    await this.#model.dispose();
  }
}

/** @param found Surest first. */
export function dropOverlapping(found: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const one of found) if (kept.every(({ box }) => overlap(box, one.box) <= DUPLICATE_IOU)) kept.push(one);
  return kept;
}

/** Overlap over union. */
function overlap(a: Detection['box'], b: Detection['box']): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = ([x0, y0, x1, y1]: Detection['box']): number => (x1 - x0) * (y1 - y0);
  return (width * height) / (area(a) + area(b) - width * height);
}
