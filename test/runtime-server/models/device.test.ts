import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRandom, SceneMakerError } from '@scenemaker/sdk';
import { chooseDevice, loadPack, openSession, tensor, tryDevice } from '../../../runtime-server/src/models/index.js';
import { EMBEDDED_PACK } from '../../../runtime-server/src/packs.js';

/**
 * Mesa's software driver for Vulkan. Another one, such as SwiftShader of Debian's Chromium, which takes minutes
 * on a busy machine, is used when VK_ICD_FILENAMES names it.
 */
const LAVAPIPE = '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json';
// Before the runtime looks for one.
if (existsSync(LAVAPIPE)) process.env['VK_ICD_FILENAMES'] ??= LAVAPIPE;
const driver = process.env['VK_ICD_FILENAMES'];
process.env['XDG_RUNTIME_DIR'] ??= '/tmp';
const webgpu = driver === undefined ? undefined : await tryDevice('webgpu');
if (webgpu?.millis === undefined) {
  console.warn(
    `WebGPU is not compared with the CPU: ${webgpu?.reason ?? 'no software driver for Vulkan is installed'}`,
  );
}

describe('a device', () => {
  test('the CPU always works, and computes what it should', async () => {
    expect(await tryDevice('cpu')).toEqual({ device: 'cpu', millis: expect.any(Number) });
    expect(await chooseDevice('cpu')).toEqual({ device: 'cpu', refused: [] });
  });

  test('auto gives one that works, and says of each before it why it was not taken', async () => {
    const { device, refused } = await chooseDevice('auto');
    expect((await tryDevice(device)).millis).toBeDefined();
    for (const { device: other, reason } of refused) {
      expect(other).not.toBe(device);
      expect(reason).toMatch(/\w/);
    }
  });

  test('of another platform: device-unavailable, and why', async () => {
    const foreign = process.platform === 'darwin' ? 'directml' : 'coreml';
    await expect(chooseDevice(foreign)).rejects.toBeInstanceOf(SceneMakerError);
    await expect(chooseDevice(foreign)).rejects.toMatchObject({
      code: 'device-unavailable',
      message: expect.stringContaining(process.platform),
      details: { given: foreign },
    });
  });
});

test.skipIf(webgpu?.millis === undefined)(
  'WebGPU gives what the CPU gives: the shape decoder of the pack',
  { timeout: 200_000 },
  async () => {
    const pack = await loadPack(EMBEDDED_PACK);
    const random = createRandom(3);
    const filled = (shape: readonly number[]) =>
      tensor(
        Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
        shape,
      );
    const file = pack.file('shape', 'decoder');
    const latent = filled([1, 8, 8, 8, 8]);
    const fields: Float32Array[] = [];
    for (const device of ['cpu', 'webgpu'] as const) {
      const session = await openSession(file, ['latent'], ['field'], { device });
      fields.push((await session.run({ latent })).field.data);
      await session.dispose();
    }
    const [cpu, gpu] = fields;
    const largest = cpu?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? NaN;
    const difference = cpu?.reduce((most, value, i) => Math.max(most, Math.abs(value - (gpu?.[i] ?? NaN))), 0);
    expect(largest).toBeGreaterThan(0);
    expect(difference).toBeLessThan(1e-3 * largest);
  },
);
