import { expect, test, vi } from 'vitest';
import { createMujocoEngine } from '@scenemaker/sim-adapters/environments';

vi.mock('@mujoco/mujoco', () => {
  throw new Error("Cannot find package '@mujoco/mujoco'");
});

test('without MuJoCo the error says how to install it', async () => {
  await expect(createMujocoEngine()).rejects.toMatchObject({
    code: 'package-missing',
    message: 'MuJoCo is not installed; install it with: npm install @mujoco/mujoco@3.14.0',
  });
});
