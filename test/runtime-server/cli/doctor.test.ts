import { expect, test } from 'vitest';
import { DEVICES } from '../../../runtime-server/src/models/index.js';
import { scenemaker } from '../../support/command.js';

test('doctor says of every device whether it can be used, and what it needs where it cannot', async () => {
  const { status, stdout, stderr } = await scenemaker('doctor');
  expect(status).toBe(0);
  // Nor does what drivers print reach the terminal.
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^pack +embedded@\S+, every file as its manifest says$/m);
  for (const device of DEVICES.filter((device) => device !== 'auto')) {
    expect(stdout).toMatch(
      new RegExp(`^${device} +(yes; a product of two matrices .* takes \\d+\\.\\d ms|no: .+)$`, 'm'),
    );
  }
  expect(stdout).toMatch(/^cpu +yes/m);
  expect(stdout).not.toMatch(/\.cc:\d+/);
  const cuda = /^cuda +no: .*$/m.exec(stdout)?.[0];
  if (cuda !== undefined) expect(cuda).toContain('libraries of ONNX Runtime that npm leaves out');
});

test('doctor ends with status 2 when the pack cannot be used, and says the rest all the same', async () => {
  const { status, stdout, stderr } = await scenemaker('doctor', '--pack', 'no-such-folder');
  expect(status).toBe(2);
  expect(stdout).toMatch(/^pack .*\[pack-missing\]$/m);
  expect(stdout).toMatch(/^cpu +yes/m);
  expect(stderr).toContain('[pack-missing]');
});
