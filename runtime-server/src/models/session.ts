/** The one place that runs ONNX Runtime. Callers see tensors and names, nothing of the runtime. */
import { SceneMakerError } from '@scenemaker/sdk';
import * as ort from 'onnxruntime-node';
import { batchRuns } from './batch.js';
import { type ConcreteDevice, PROVIDERS } from './devices.js';
import type { LocatedFile } from './pack.js';
import { type Int64Tensor, type Tensor, sizeOf } from './tensor.js';

export interface SessionOptions {
  /** Threads inside one operator. 0 lets the runtime choose. */
  threads?: number;
  device?: ConcreteDevice;
  /** As many runs as are asked for together become one, up to so many; see `batchRuns`. */
  batch?: number;
}

export const SESSION_DEFAULTS: Required<SessionOptions> = { threads: 0, device: 'cpu', batch: 1 };

/** A loaded graph with the input and output names `I` and `O`. */
export interface ModelSession<I extends string, O extends string> {
  readonly path: string;
  run(feeds: Record<I, Tensor | Int64Tensor>): Promise<Record<O, Tensor>>;
  dispose(): Promise<void>;
}

/**
 * Opens `file` and checks that the graph has exactly the inputs the caller will feed and at least the
 * outputs it will read. Names are reported all at once.
 *
 * @param otherNames What an output is called in graphs that do not have it under its own name.
 */
export async function openSession<const I extends string, const O extends string>(
  file: LocatedFile,
  inputs: readonly I[],
  outputs: readonly O[],
  options: SessionOptions = {},
  otherNames: { readonly [Name in O]?: string } = {},
): Promise<ModelSession<I, O>> {
  const { threads, device, batch } = { ...SESSION_DEFAULTS, ...options };
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(file.location, {
      // What a device cannot compute, the CPU does.
      executionProviders: device === 'cpu' ? ['cpu'] : [PROVIDERS[device], 'cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // By default threads without work keep a core busy, on which meshes and textures could be computed.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw new SceneMakerError('pack-corrupt', `${file.location} is not a graph that ONNX Runtime can load`, { cause });
  }
  const called = Object.fromEntries<string>(
    outputs.map((name) => {
      const other = otherNames[name];
      const isOther = other !== undefined && !session.outputNames.includes(name) && session.outputNames.includes(other);
      return [name, isOther ? other : name];
    }),
  ) as Record<O, string>;
  const problems = [
    ...missingNames('input', inputs, session.inputNames),
    ...missingNames('output', Object.values<string>(called), session.outputNames),
    ...session.inputNames
      .filter((name) => !(inputs as readonly string[]).includes(name))
      .map((name) => `unknown input ${name}`),
  ];
  if (problems.length > 0) {
    await session.release();
    throw new SceneMakerError('pack-corrupt', `${file.location}: ${problems.join(', ')}`, {
      given: { inputs: session.inputNames, outputs: session.outputNames },
      allowed: { inputs, outputs },
    });
  }
  const opened = new OrtSession(file.location, session, inputs, called);
  return batch > 1 ? batchRuns(opened, batch) : opened;
}

class OrtSession<I extends string, O extends string> implements ModelSession<I, O> {
  readonly path: string;
  readonly #session: ort.InferenceSession;
  readonly #inputs: readonly I[];
  /** What each output is called in the graph. */
  readonly #outputs: Readonly<Record<O, string>>;

  constructor(path: string, session: ort.InferenceSession, inputs: readonly I[], outputs: Readonly<Record<O, string>>) {
    this.path = path;
    this.#session = session;
    this.#inputs = inputs;
    this.#outputs = outputs;
  }

  async run(feeds: Record<I, Tensor | Int64Tensor>): Promise<Record<O, Tensor>> {
    const ortFeeds: Record<string, ort.Tensor> = {};
    for (const name of this.#inputs) {
      const feed = feeds[name];
      ortFeeds[name] = isInt64(feed)
        ? new ort.Tensor('int64', feed.data, feed.shape)
        : new ort.Tensor('float32', feed.data, feed.shape);
    }
    let results: ort.InferenceSession.OnnxValueMapType;
    try {
      results = await this.#session.run(ortFeeds, Object.values<string>(this.#outputs));
    } catch (cause) {
      const shapes = this.#inputs.map((name) => `${name} [${feeds[name].shape.join(', ')}]`).join(', ');
      throw new SceneMakerError('internal', `${this.path} failed on ${shapes}: ${String(cause)}`, { cause });
    }
    const outputs = {} as Record<O, Tensor>;
    for (const [name, called] of Object.entries<string>(this.#outputs)) {
      outputs[name as O] = readTensor(this.path, called, results[called]);
    }
    return outputs;
  }

  dispose(): Promise<void> {
    return this.#session.release();
  }
}

const isInt64 = (feed: Tensor | Int64Tensor): feed is Int64Tensor => feed.data instanceof BigInt64Array;

function readTensor(path: string, name: string, value: ort.OnnxValue | undefined): Tensor {
  const data = value?.data;
  if (value === undefined || !(data instanceof Float32Array) || data.length !== sizeOf(value.dims)) {
    throw new SceneMakerError('pack-corrupt', `${path}: output ${name} is not a float32 tensor`, {
      given: value?.type,
    });
  }
  return { data, shape: value.dims };
}

function missingNames(kind: string, wanted: readonly string[], given: readonly string[]): string[] {
  return wanted.filter((name) => !given.includes(name)).map((name) => `no ${kind} ${name}`);
}
