/**
 * What objects are called and whether they are simple solids, from their visible pixels: a network turns each crop into an
 * embedding, and the word table says how well every word fits it.
 */
import { type ModelPack, type ModelSession, openSession, type SessionOptions, sigmoid } from '../models/index.js';
import { objectCrops } from './object-crops.js';
import type { Mask, Picture, SolidLikelihoods } from './stage.js';
import { WordTable } from './words.js';

const EMBEDDING_LENGTH = 64;
/** Side of an object's crop, pixels. */
const CROP_SIDE = 96;

export interface Recognised {
  /** How well every word of the table fits (`WordTable.lifts`). */
  lifts: Float32Array;
  solids: SolidLikelihoods;
}

type Model = ModelSession<'crops', 'embeddings' | 'round' | 'box'>;

export class Recogniser {
  readonly words: WordTable;
  readonly #model: Model;

  private constructor(model: Model, words: WordTable) {
    this.#model = model;
    this.words = words;
  }

  static async open(pack: ModelPack, options: SessionOptions = {}): Promise<Recogniser> {
    return new Recogniser(
      await openSession(pack.file('segment', 'recognise'), ['crops'], ['embeddings', 'round', 'box'], options),
      await WordTable.load(pack.file('segment', 'words'), EMBEDDING_LENGTH),
    );
  }

  /** For each mask, none of them empty, what its pixels look like: alike for objects of one name. */
  async embeddings(picture: Picture, masks: readonly Mask[]): Promise<Float32Array[]> {
    return (await this.#look(picture, masks)).map(({ embedding }) => embedding);
  }

  /** Each mask, none of them empty. */
  async recognise(picture: Picture, masks: readonly Mask[]): Promise<Recognised[]> {
    return (await this.#look(picture, masks)).map(({ embedding, solids }) => ({
      lifts: this.words.lifts(embedding),
      solids,
    }));
  }

  async #look(
    picture: Picture,
    masks: readonly Mask[],
  ): Promise<{ embedding: Float32Array; solids: SolidLikelihoods }[]> {
    if (masks.length === 0) return [];
    const { embeddings, round, box } = await this.#model.run({ crops: objectCrops(picture, masks, CROP_SIDE) });
    return masks.map((_, i) => ({
      embedding: embeddings.data.slice(i * EMBEDDING_LENGTH, (i + 1) * EMBEDDING_LENGTH),
      solids: { round: sigmoid(round.data[i]), box: sigmoid(box.data[i]) },
    }));
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}
