/**
 * What objects are called, from their visible pixels: a network turns each crop into an embedding, and the
 * word table says how well every word fits it.
 */
import { type ModelPack, type ModelSession, openSession, type SessionOptions } from '../models/index.js';
import { objectCrops } from './object-crops.js';
import type { Mask, Picture } from './stage.js';
import { WordTable } from './words.js';

const EMBEDDING_LENGTH = 64;
/** Side of an object's crop, pixels. */
const CROP_SIDE = 96;

export class Recogniser {
  readonly words: WordTable;
  readonly #model: ModelSession<'crops', 'embeddings'>;

  private constructor(model: ModelSession<'crops', 'embeddings'>, words: WordTable) {
    this.#model = model;
    this.words = words;
  }

  static async open(pack: ModelPack, options: SessionOptions = {}): Promise<Recogniser> {
    return new Recogniser(
      await openSession(pack.file('segment', 'recognise'), ['crops'], ['embeddings'], options),
      await WordTable.load(pack.file('segment', 'words'), EMBEDDING_LENGTH),
    );
  }

  /** For each mask, none of them empty, what its pixels look like: alike for objects of one name. */
  async embeddings(picture: Picture, masks: readonly Mask[]): Promise<Float32Array[]> {
    if (masks.length === 0) return [];
    const { embeddings } = await this.#model.run({ crops: objectCrops(picture, masks, CROP_SIDE) });
    return masks.map((_, i) => embeddings.data.slice(i * EMBEDDING_LENGTH, (i + 1) * EMBEDDING_LENGTH));
  }

  /** For each mask, none of them empty, how well every word of the table fits (`WordTable.lifts`). */
  async lifts(picture: Picture, masks: readonly Mask[]): Promise<Float32Array[]> {
    return (await this.embeddings(picture, masks)).map((embedding) => this.words.lifts(embedding));
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}
