/** A model on a server that speaks the Open Inference Protocol, also called KServe v2, over HTTP. */
import { SceneMakerError } from '@scenemaker/sdk';
import * as v from 'valibot';
import { parseSettings, type ModelPack } from '../../models/index.js';
import { decodeResponse, encodeRequest, HEADER_LENGTH, type WireTensor } from './wire.js';

export const serverSchema = v.object({
  /** Of the server, without `/v2`: `http://gpu-machine:8000`. */
  url: v.pipe(v.string(), v.url()),
  /** What the model is called there. */
  model: v.pipe(v.string(), v.nonEmpty()),
  version: v.optional(v.string()),
  /** Tensors as bytes in the body; default: whether the server says that it takes them. */
  binary: v.optional(v.boolean()),
  /** How long an answer may take. */
  timeoutSeconds: v.optional(v.pipe(v.number(), v.minValue(1)), 600),
});

type ServerSettings = v.InferOutput<typeof serverSchema>;

const metadataSchema = v.object({ extensions: v.optional(v.array(v.string()), []) });
/** What servers call the extension that puts tensors into bodies as bytes. Some that have it do not say so. */
const BINARY = ['binary_tensor_data', 'binary_tensor_data_extension'];
const READY_SECONDS = 10;

export class RemoteModel {
  readonly #settings: ServerSettings;
  readonly #binary: boolean;

  private constructor(settings: ServerSettings, binary: boolean) {
    this.#settings = settings;
    this.#binary = binary;
  }

  /** Asks whether the model is ready. Errors: pack-corrupt for settings; model-unreachable. */
  static async open(pack: ModelPack, stage: string): Promise<RemoteModel> {
    const settings = parseSettings(v.looseObject(serverSchema.entries), stage, pack.stage(stage).settings);
    const base = settings.url.replace(/\/+$/, '');
    const located = { ...settings, url: base };
    const ready = await request(`${modelUrl(located)}/ready`, {}, READY_SECONDS);
    await ready.body?.cancel();
    if (!ready.ok) throw unreachable(`${base}: the model ${settings.model} is not ready (${ready.status})`, base);
    if (settings.binary !== undefined) return new RemoteModel(located, settings.binary);
    const metadata = await request(`${base}/v2`, {}, READY_SECONDS);
    const { extensions } = v.parse(v.fallback(metadataSchema, { extensions: [] }), await metadata.json());
    return new RemoteModel(
      located,
      extensions.some((name) => BINARY.includes(name)),
    );
  }

  /** Errors: model-unreachable; pack-corrupt for an answer that is not of the protocol. */
  async infer(inputs: Record<string, WireTensor>): Promise<Record<string, WireTensor>> {
    const { headers, bytes } = encodeRequest(inputs, this.#binary);
    const url = `${modelUrl(this.#settings)}/infer`;
    const response = await request(url, { method: 'POST', headers, body: bytes }, this.#settings.timeoutSeconds);
    const body = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) {
      const reason = new TextDecoder().decode(body.subarray(0, 300)).replaceAll(/\s+/g, ' ');
      throw unreachable(`${url} answers ${response.status}: ${reason}`, url);
    }
    const length = response.headers.get(HEADER_LENGTH);
    try {
      return decodeResponse(body, length === null ? undefined : Number(length));
    } catch (thrown) {
      // The cause is left out, since it may hold the whole answer.
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new SceneMakerError('pack-corrupt', `${url} gives what is no answer: ${reason}`, { given: url });
    }
  }
}

function modelUrl({ url, model, version }: ServerSettings): string {
  const named = `${url}/v2/models/${encodeURIComponent(model)}`;
  return version === undefined ? named : `${named}/versions/${encodeURIComponent(version)}`;
}

async function request(url: string, init: RequestInit, seconds: number): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(1000 * seconds) });
  } catch (cause) {
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    throw unreachable(
      `${url} cannot be reached: ${inner instanceof Error ? inner.message : String(inner)}`,
      url,
      cause,
    );
  }
}

function unreachable(message: string, given: string, cause?: unknown): SceneMakerError {
  return new SceneMakerError('model-unreachable', message, { given, cause });
}
