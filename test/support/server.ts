/** A real server on a free port, with a fake pipeline in a real process of its own. */
import sharp from 'sharp';
import { type RunningServer, startServer, type StartOptions } from '@scenemaker/runtime-server';
import type { GenerateRequest } from '@scenemaker/sdk';
import { type FAKE, seedOf } from './fake-behaviours.js';

export const FAKE_INFERENCE = {
  module: new URL('fake-inference.ts', import.meta.url),
  execArgv: ['--import', new URL('typescript.mjs', import.meta.url).href, '--conditions=@scenemaker/source'],
};

export function startFakeServer(options: Partial<StartOptions> = {}): Promise<RunningServer> {
  // Most tests ask for the same thing again and again, and want it made.
  return startServer({ port: 0, cache: false, inference: FAKE_INFERENCE, ...options });
}

/** A request that the fake pipeline answers in this way. */
export async function fakeRequest(behaviour: (typeof FAKE)[number] = 'finish'): Promise<GenerateRequest> {
  const picture = sharp({ create: { width: 64, height: 48, channels: 3, background: '#8899aa' } });
  return { picture: new Uint8Array(await picture.png().toBuffer()), options: { seed: seedOf(behaviour) } };
}
