/** A server with the embedded pack and clocks in its pipeline, and a sample picture to ask it for. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type RunningServer, startServer } from '@scenemaker/runtime-server';
import type { GenerateRequest } from '@scenemaker/sdk';

const PACK = fileURLToPath(new URL('../../../runtime-server/packs/embedded', import.meta.url));
const PICTURES = new URL('../../../samples/pictures/', import.meta.url);

/** What runs the jobs. */
export type InferenceModule = 'timed-inference.ts' | 'models-only.ts';

/** @param threads Of each worker, for models and for what is computed without. Default: as the server has it. */
export function startRealServer({
  module = 'timed-inference.ts',
  workers = 1,
  threads,
}: { module?: InferenceModule; workers?: number; threads?: number } = {}): Promise<RunningServer> {
  const shared = threads === undefined ? { helpers: availableParallelism() } : { threads };
  const inference = {
    module: new URL(module, import.meta.url),
    args: [JSON.stringify({ packDir: PACK, ...shared })],
    execArgv: ['--import', new URL('../../support/typescript.mjs', import.meta.url).href],
    ...(threads !== undefined && { threads }),
  };
  return startServer({ port: 0, cache: false, inference, workers });
}

/** The table of the samples as a depth camera sees it. */
export async function sampleRequest(options: GenerateRequest['options'] = {}): Promise<GenerateRequest> {
  const read = async (name: string) => new Uint8Array(await readFile(new URL(name, PICTURES)));
  const { intrinsics, cameraToWorld } = JSON.parse(
    await readFile(new URL('rgbd-table.json', PICTURES), 'utf8'),
  ) as Required<Pick<GenerateRequest, 'intrinsics' | 'cameraToWorld'>>;
  return {
    picture: await read('rgbd-table.jpg'),
    depth: { encoding: 'png16', bytes: await read('rgbd-table.depth.png') },
    intrinsics,
    cameraToWorld,
    options,
  };
}
