/** A server with the embedded pack and clocks in its pipeline, and a sample picture to ask it for. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type RunningServer, startServer } from '@scenemaker/runtime-server';
import type { GenerateRequest } from '@scenemaker/sdk';

const PACK = fileURLToPath(new URL('../../../runtime-server/packs/embedded', import.meta.url));
const PICTURES = new URL('../../../samples/pictures/', import.meta.url);

export function startRealServer({ workers = 1 } = {}): Promise<RunningServer> {
  const inference = {
    module: new URL('timed-inference.ts', import.meta.url),
    args: [JSON.stringify({ packDir: PACK, threads: 1 })],
    execArgv: ['--import', new URL('../../support/typescript.mjs', import.meta.url).href],
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
