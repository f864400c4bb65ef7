import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../../support/command.js';

test('other threads give what this one gives, errors of their kind among it, and let the process end', async () => {
  const program = fileURLToPath(new URL('../../support/compute-in-threads.ts', import.meta.url));
  const { status, stdout, stderr } = await runProgram(program, []);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({ isRangeError: true, message: 'its mesh has no colours' });
});
