/**
 * Which execution provider runs the models. ONNX Runtime fails as a whole when one of several providers
 * cannot be used, so that each is tried by itself, on a small graph.
 */
import { SceneMakerError } from '@scenemaker/sdk';
import type { ConcreteDevice, Device } from './devices.js';
import { type DeviceTrial, tryDevice } from './trial.js';

/** TensorRT is left out, since it compiles each model for minutes at its first run. */
const AUTO_ORDER: Partial<Record<NodeJS.Platform, ConcreteDevice[]>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['cuda', 'directml', 'webgpu'],
  darwin: ['coreml', 'webgpu'],
};

export interface DeviceChoice {
  device: ConcreteDevice;
  /** Those that were tried before it. */
  refused: DeviceTrial[];
}

/**
 * `auto`: the first of this platform's devices that works and is faster than the CPU.
 * Errors: device-unavailable, for a device that was named and cannot be used.
 */
export async function chooseDevice(device: Device): Promise<DeviceChoice> {
  if (device === 'cpu') return { device, refused: [] };
  if (device !== 'auto') {
    const { reason } = await tryDevice(device);
    if (reason === undefined) return { device, refused: [] };
    throw new SceneMakerError('device-unavailable', `${device} cannot be used: ${reason}`, {
      given: device,
      allowed: ['auto', 'cpu'],
    });
  }
  const refused: DeviceTrial[] = [];
  for (const candidate of AUTO_ORDER[process.platform] ?? []) {
    const trial = await tryDevice(candidate);
    if (trial.millis === undefined) {
      refused.push(trial);
      continue;
    }
    const { millis: cpu = Infinity } = await tryDevice('cpu');
    if (trial.millis < cpu) return { device: candidate, refused };
    refused.push({
      ...trial,
      reason: `works, but is slower than the CPU here: ${trial.millis.toFixed(1)} against ${cpu.toFixed(1)} ms`,
    });
  }
  return { device: 'cpu', refused };
}
