/** Word tables of the segment and de-occlusion stages: a vector for each word. */
import { readFile } from 'node:fs/promises';
import { SceneMakerError } from '@scenemaker/sdk';
import * as v from 'valibot';
import { type LocatedFile, parseSettings } from '../models/index.js';

const tableSchema = v.object({
  words: v.array(v.string()),
  /** Base64 of little-endian float32, one row a word. */
  matrix: v.string(),
  /** Evidence for a word: scale * cosine. */
  scale: v.optional(v.number(), 1),
  /** The first so many words name things and exclude each other; the rest are colours and other modifiers. */
  categories: v.optional(v.number()),
  /** For each word the logarithm of how common it is; for modifiers, of the odds. */
  priors: v.optional(v.array(v.number())),
});

export interface ScoredWord {
  word: string;
  /** 0 to 1. */
  score: number;
}

export class WordTable {
  readonly words: readonly string[];
  readonly dimension: number;
  readonly #matrix: Float32Array;
  readonly #rows: Map<string, number>;
  readonly #scale: number;
  readonly #categories: number;
  readonly #priors: readonly number[];

  constructor(
    words: readonly string[],
    matrix: Float32Array,
    options: { scale?: number; categories?: number; priors?: readonly number[] } = {},
  ) {
    this.words = words;
    this.#matrix = matrix;
    this.dimension = words.length === 0 ? 0 : matrix.length / words.length;
    this.#rows = new Map(words.map((word, row) => [word.toLowerCase(), row]));
    this.#scale = options.scale ?? 1;
    this.#categories = Math.min(options.categories ?? words.length, words.length);
    this.#priors = options.priors ?? words.map(() => 0);
  }

  /** `dimension` is the length of a row that the graphs expect. */
  static async load(file: LocatedFile, dimension: number): Promise<WordTable> {
    const { words, matrix, ...options } = parseSettings(
      tableSchema,
      file.path,
      parseJson(await readFile(file.location, 'utf8'), file),
    );
    const bytes = Uint8Array.from(Buffer.from(matrix, 'base64'));
    const values = new Float32Array(bytes.buffer, 0, Math.floor(bytes.byteLength / 4));
    if (values.length !== words.length * dimension) {
      throw new SceneMakerError(
        'pack-corrupt',
        `${file.location}: the matrix does not have ${dimension} numbers a word`,
        {
          given: values.length,
          allowed: words.length * dimension,
        },
      );
    }
    const { categories, priors, ...scoring } = options;
    if (priors !== undefined && priors.length !== words.length) {
      throw new SceneMakerError('pack-corrupt', `${file.location}: there is not one prior a word`, {
        given: priors.length,
        allowed: words.length,
      });
    }
    return new WordTable(words, values, {
      ...scoring,
      ...(categories !== undefined && { categories }),
      ...(priors !== undefined && { priors }),
    });
  }

  #cosine(embedding: ArrayLike<number>, row: number): number {
    let dot = 0;
    let rowNorm = 0;
    let norm = 0;
    for (let i = 0; i < this.dimension; i++) {
      const value = this.#matrix[row * this.dimension + i];
      dot += value * embedding[i];
      rowNorm += value * value;
      norm += embedding[i] * embedding[i];
    }
    return dot / Math.max(Math.sqrt(norm * rowNorm), 1e-12);
  }

  /** The row of a word or phrase, in lower case. */
  rowOf(word: string): number | undefined {
    return this.#rows.get(word);
  }

  /**
   * For each row the logarithm of how much likelier the word is for an object of this embedding than for one of which
   * nothing is known: among the categories, all alike before; of every other word, by its own odds.
   */
  lifts(embedding: ArrayLike<number>): Float32Array {
    const values = Float32Array.from(this.words, (_, row) => this.#scale * this.#cosine(embedding, row));
    const categories = values.subarray(0, this.#categories);
    const highest = categories.reduce((max, value) => Math.max(max, value), -Infinity);
    const mean = categories.reduce((sum, value) => sum + Math.exp(value - highest), 0) / categories.length;
    for (let row = 0; row < values.length; row++) {
      const prior = this.#priors[row];
      values[row] =
        row < this.#categories
          ? values[row] - highest - Math.log(mean)
          : logSigmoid(values[row] + prior) - logSigmoid(prior);
    }
    return values;
  }

  /** The likeliest category word, of which some are more common than others, and its probability; `object` when there are none. */
  bestCategory(lifts: Float32Array): ScoredWord {
    const evidence = lifts.subarray(0, this.#categories).map((lift, row) => lift + this.#priors[row]);
    const highest = evidence.reduce((max, value) => Math.max(max, value), -Infinity);
    const sum = evidence.reduce((total, value) => total + Math.exp(value - highest), 0);
    const best = evidence.indexOf(highest);
    return best < 0 ? { word: 'object', score: 0 } : { word: this.words[best], score: 1 / sum };
  }

  /** The rows of every known word and phrase (up to three words) in `text`, each once. */
  rowsIn(text: string): number[] {
    const tokens = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const rows = new Set<number>();
    for (let length = 3; length > 0; length--) {
      for (let i = 0; i + length <= tokens.length; i++) {
        const row = this.#rows.get(tokens.slice(i, i + length).join(' '));
        if (row !== undefined) rows.add(row);
      }
    }
    return [...rows];
  }

  /** The mean of the known words' rows; zeros when no word is known. */
  textVector(text: string): Float32Array {
    const vector = new Float32Array(this.dimension);
    const rows = this.rowsIn(text);
    for (const row of rows) {
      for (let i = 0; i < this.dimension; i++) vector[i] += this.#matrix[row * this.dimension + i] / rows.length;
    }
    return vector;
  }
}

const logSigmoid = (value: number): number => -Math.log1p(Math.exp(-Math.abs(value))) + Math.min(0, value);

function parseJson(text: string, file: LocatedFile): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SceneMakerError('pack-corrupt', `${file.location} is not JSON`, { cause });
  }
}
