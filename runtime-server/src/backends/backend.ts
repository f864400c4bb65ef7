/** What a backend is: for each stage that it can serve, how that is opened. */
import type { ModelPack, SessionOptions } from '../models/index.js';
import type { StageName, Stages } from '../stages/stage.js';

/** Opens a stage with the models of `pack`. */
export type OpenStage<Name extends StageName> = (pack: ModelPack, options: SessionOptions) => Promise<Stages[Name]>;

/** The stages that a backend can serve. */
export type Backend = { readonly [Name in StageName]?: OpenStage<Name> };
