import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRandom, SceneMakerError } from '@scenemaker/sdk';
import {
  chooseDevice,
  loadPack,
  openSession,
  type Tensor,
  tensor,
  tryDevice,
} from '../../../runtime-server/src/models/index.js';
import { EMBEDDED_PACK } from '../../../runtime-server/src/packs.js';
import { SOURCES } from '../../support/command.js';

// For processes that are started from here.
process.execArgv.push(...SOURCES);

/**
 * Software drivers for Vulkan: SwiftShader, as Debian's Chromium brings it, and Mesa's lavapipe, which version 22 is too
 * old for ONNX Runtime's WebGPU. VK_ICD_FILENAMES names others.
 */
const DRIVERS = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/share/vulkan/icd.d/lvp_icd.json',
  '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json',
].filter((path) => existsSync(path));
// Before the runtime looks for one.
if (DRIVERS.length > 0) process.env['VK_ICD_FILENAMES'] ??= DRIVERS.join(':');
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

/** Graphs, and the sizes of their free dimensions: small, since software is slow. */
const GRAPHS: [stage: string, role: string, free: Record<string, number>][] = [
  ['segment', 'encoder', { height: 96, width: 96 }],
  ['segment', 'mask', { h: 24, w: 32, n: 3 }],
  ['segment', 'recognise', { n: 2 }],
  ['depth', 'model', { height: 96, width: 96 }],
  ['deocclude', 'model', { b: 1 }],
  ['shape', 'condition', { b: 1 }],
  ['shape', 'generator', { b: 1 }],
  ['shape', 'decoder', { b: 1 }],
  ['shape', 'encoder', { b: 1 }],
  ['pose', 'encode', { n: 2 }],
  ['pose', 'denoise', { s: 2, n: 2, t: 20 }],
];

describe.skipIf(webgpu?.millis === undefined)('WebGPU gives what the CPU gives', { timeout: 300_000 }, () => {
  test.each(GRAPHS)('%s %s', async (stage, role, free) => {
    const file = (await loadPack(EMBEDDED_PACK)).file(stage, role);
    const random = createRandom(3);
    const feeds = Object.entries(file.inputs ?? {}).map(([name, spec]) => {
      const shape = spec.shape.map((size) => (typeof size === 'number' ? size : (free[size] ?? NaN)));
      const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.next());
      return [name, tensor(data, shape)] as const;
    });
    const outputs = Object.keys(file.outputs ?? {});
    const answers: Record<string, Tensor>[] = [];
    for (const device of ['cpu', 'webgpu'] as const) {
      const session = await openSession(
        file,
        feeds.map(([name]) => name),
        outputs,
        { device },
      );
      answers.push(await session.run(Object.fromEntries(feeds)));
      await session.dispose();
    }
    for (const name of outputs) {
      const [cpu, gpu] = answers.map((answer) => answer[name]?.data ?? new Float32Array());
      const largest = cpu?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? NaN;
      const difference = cpu?.reduce((most, value, i) => Math.max(most, Math.abs(value - (gpu?.[i] ?? NaN))), 0);
      expect(largest).toBeGreaterThan(0);
      expect(difference).toBeLessThan(1e-3 * largest);
    }
  });
});
