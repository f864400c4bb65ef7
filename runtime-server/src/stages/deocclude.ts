/**
 * The whole object from its visible pixels (paper, section 3.2.1): flow matching from noise, given what
 * is seen, what may be hidden, and words. What the picture shows is kept as it is; what the picture shows
 * to be background stays empty.
 */
import { createRandom } from '@scenemaker/sdk';
import * as v from 'valibot';
import { computeHere } from '../compute/tasks.js';
import {
  type ModelPack,
  type ModelSession,
  openSession,
  parseSettings,
  type SessionOptions,
  type Tensor,
} from '../models/index.js';
import { integrate, noise, stepsFor } from './flow.js';
import { atOnce, type DeoccludeInput, type DeoccludeOutput, type Stage, type StageContext } from './stage.js';
import { WordTable } from './words.js';

const WORD_LENGTH = 64;

const settingsSchema = v.object({
  /** Side of the model's pictures, pixels. */
  size: v.pipe(v.number(), v.integer(), v.minValue(8)),
  steps: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 6),
  /** Of the starting noise; see `noise`. */
  temperature: v.optional(v.pipe(v.number(), v.minValue(0)), 1),
});

type Model = ModelSession<'noisy' | 'condition' | 'time' | 'words', 'velocity'>;
type Settings = v.InferOutput<typeof settingsSchema>;

export class DeoccludeStage implements Stage<DeoccludeInput, DeoccludeOutput> {
  readonly name = 'deocclude';
  readonly #model: Model;
  readonly #words: WordTable;
  readonly #settings: Settings;

  private constructor(model: Model, words: WordTable, settings: Settings) {
    this.#model = model;
    this.#words = words;
    this.#settings = settings;
  }

  static async open(pack: ModelPack, options: SessionOptions = {}): Promise<DeoccludeStage> {
    return new DeoccludeStage(
      await openSession(
        pack.file('deocclude', 'model'),
        ['noisy', 'condition', 'time', 'words'],
        ['velocity'],
        options,
      ),
      await WordTable.load(pack.file('deocclude', 'words'), WORD_LENGTH),
      parseSettings(settingsSchema, 'deocclude', pack.stage('deocclude').settings),
    );
  }

  async run(
    input: DeoccludeInput,
    { seed, effort = 1, onProgress, compute = computeHere, inTurn = atOnce }: StageContext,
  ): Promise<DeoccludeOutput> {
    const { picture, visible, hidden } = input;
    const { size, steps, temperature } = this.#settings;
    const looked = await compute.lookAtHidden({ picture, visible, hidden }, size);
    const { condition } = looked;
    const words: Tensor = { data: this.#words.textVector(input.words), shape: [1, WORD_LENGTH] };
    const start = noise([1, 4, size, size], createRandom(seed), temperature);
    const drawn = await inTurn(() =>
      integrate(
        start,
        stepsFor(steps, effort),
        async (noisy, time) => (await this.#model.run({ noisy, condition, time, words })).velocity,
        onProgress,
      ),
    );
    return compute.fillHidden(looked, drawn);
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}
