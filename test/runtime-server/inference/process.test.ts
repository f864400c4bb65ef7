import { expect, test } from 'vitest';
import { InferenceProcess } from '../../../runtime-server/src/inference/process.js';
import { toProcessOptions } from '../../../runtime-server/src/server/backend.js';
import { FAKE_INFERENCE } from '../../support/server.js';

async function argumentsOf(threads?: number): Promise<string> {
  const { execArgv } = FAKE_INFERENCE;
  const module = new URL('../../support/inference-arguments.ts', import.meta.url);
  const inference = new InferenceProcess({ module, execArgv, ...(threads !== undefined && { threads }) });
  try {
    return (await inference.ready).pack;
  } finally {
    await inference.close();
  }
}

test('a process with one thread collects garbage and compiles in it', async () => {
  expect(await argumentsOf(1)).toContain('--single-threaded');
  expect(await argumentsOf(2)).not.toContain('--single-threaded');
  expect(await argumentsOf()).not.toContain('--single-threaded');
});

test('the threads of a pipeline are those of its process', () => {
  expect(toProcessOptions({ packDir: 'pack', threads: 1 }).threads).toBe(1);
  expect(toProcessOptions({ packDir: 'pack' }).threads).toBeUndefined();
});
