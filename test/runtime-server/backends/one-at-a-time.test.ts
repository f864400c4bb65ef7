import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { disposeStages, openStages } from '../../../runtime-server/src/backends/index.js';
import { STAGE_NAMES } from '../../../runtime-server/src/stages/stage.js';
import { throughStage } from '../../../runtime-server/src/through-stage.js';
import { packOf } from '../../support/large-models.js';

test.each([1, 3])('a model of others is asked about as many objects at once as its batch says: %s', async (batch) => {
  let asked = 0;
  let most = 0;
  // An inference server that is ready, takes its time, and refuses.
  const server = createServer((request, response) => {
    if (request.method === 'GET') return response.end('{}');
    most = Math.max(most, ++asked);
    return setTimeout(() => {
      asked--;
      response.writeHead(500).end();
    }, 50);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const entry = { backend: 'kserve', batch, settings: { url, model: 'any' } };
  const stages = await openStages(await packOf(Object.fromEntries(STAGE_NAMES.map((name) => [name, entry]))), {
    device: 'webgpu',
  });
  const mask = { width: 8, height: 8, data: new Uint8Array(64).fill(1) };
  const picture = { width: 8, height: 8, data: new Uint8Array(3 * 64) };
  const input = { picture, visible: mask, hidden: mask, words: '' };
  const outcomes = await throughStage([0, 1, 2], stages.deocclude.batch, async (_, index, inTurn) =>
    stages.deocclude.run(input, { seed: index, inTurn }).catch((error: { code: string }) => error.code),
  );
  expect(outcomes).toEqual(Array(3).fill('model-unreachable'));
  expect(most).toBe(batch);
  await disposeStages(stages);
  server.close();
});
