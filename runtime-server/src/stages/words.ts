/** Word tables of the segment and de-occlusion stages: a vector for each word. */
import { readFile } from 'node:fs/promises';
import { SceneMakerError } from '@scenemaker/sdk';
import * as v from 'valibot';
import { type LocatedFile, parseSettings, sigmoid } from '../models/index.js';

const tableSchema = v.object({
  words: v.array(v.string()),
  /** Base64 of little-endian float32, one row a word. */
  matrix: v.string(),
  /** score = sigmoid(scale * cosine + bias) */
  scale: v.optional(v.number(), 1),
  bias: v.optional(v.number(), 0),
  /** The first so many words name things; the rest are colours and other modifiers. */
  categories: v.optional(v.number()),
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
  readonly #bias: number;
  readonly #categories: number;

  constructor(
    words: readonly string[],
    matrix: Float32Array,
    options: { scale?: number; bias?: number; categories?: number } = {},
  ) {
    this.words = words;
    this.#matrix = matrix;
    this.dimension = words.length === 0 ? 0 : matrix.length / words.length;
    this.#rows = new Map(words.map((word, row) => [word.toLowerCase(), row]));
    this.#scale = options.scale ?? 1;
    this.#bias = options.bias ?? 0;
    this.#categories = options.categories ?? words.length;
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
    const { categories, ...scoring } = options;
    return new WordTable(words, values, { ...scoring, ...(categories !== undefined && { categories }) });
  }

  /** How well `embedding` fits row `row`, 0 to 1. */
  score(embedding: ArrayLike<number>, row: number): number {
    return sigmoid(this.#scale * this.#cosine(embedding, row) + this.#bias);
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
   * For each row the logarithm of its probability among the rows of its kind (categories, other words), over that of
   * a word drawn blindly.
   */
  lifts(embedding: ArrayLike<number>): Float32Array {
    const values = Float32Array.from(this.words, (_, row) => this.#scale * this.#cosine(embedding, row));
    const categories = Math.min(this.#categories, values.length);
    for (const group of [values.subarray(0, categories), values.subarray(categories)]) {
      const highest = group.reduce((max, value) => Math.max(max, value), -Infinity);
      const mean = group.reduce((sum, value) => sum + Math.exp(value - highest), 0) / group.length;
      for (let i = 0; i < group.length; i++) group[i] -= highest + Math.log(mean);
    }
    return values;
  }

  /** The category word that fits best; `object` when there are none. */
  bestCategory(embedding: ArrayLike<number>): ScoredWord {
    let best: ScoredWord = { word: 'object', score: 0 };
    for (let row = 0; row < Math.min(this.#categories, this.words.length); row++) {
      const score = this.score(embedding, row);
      if (score > best.score) best = { word: this.words[row], score };
    }
    return best;
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

function parseJson(text: string, file: LocatedFile): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SceneMakerError('pack-corrupt', `${file.location} is not JSON`, { cause });
  }
}
