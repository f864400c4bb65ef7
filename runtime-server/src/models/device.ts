/**
 * Which execution provider runs the models. ONNX Runtime fails as a whole when one of several providers
 * cannot be used, so that each is tried by itself, on a small graph.
 */
import { SceneMakerError } from '@scenemaker/sdk';
import * as ort from 'onnxruntime-node';
import { PROBE_SIDE, probeGraph } from './probe-graph.js';

// What goes wrong is thrown, and said by whoever catches it.
ort.env.logLevel = 'fatal';

export const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorrt', 'directml', 'coreml'] as const;
export type Device = (typeof DEVICES)[number];
export type ConcreteDevice = Exclude<Device, 'auto'>;

/** What ONNX Runtime calls each. */
export const PROVIDERS: Record<ConcreteDevice, string> = {
  cpu: 'cpu',
  webgpu: 'webgpu',
  cuda: 'cuda',
  tensorrt: 'tensorrt',
  directml: 'dml',
  coreml: 'coreml',
};

/**
 * How many objects go through a stage at once. On a CPU the operators are busy with one: several together gain a tenth
 * for de-occlusion and nothing for shapes, and their results come later.
 */
export const OBJECTS_AT_ONCE: Record<ConcreteDevice, number> = {
  cpu: 1,
  webgpu: 8,
  cuda: 8,
  tensorrt: 8,
  directml: 8,
  coreml: 8,
};

/** TensorRT is left out, since it compiles each model for minutes at its first run. */
const AUTO_ORDER: Partial<Record<NodeJS.Platform, ConcreteDevice[]>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['cuda', 'directml', 'webgpu'],
  darwin: ['coreml', 'webgpu'],
};

export interface DeviceTrial {
  device: ConcreteDevice;
  /** Of the probe's second run, which leaves compiling out; absent when it cannot be used. */
  millis?: number;
  /** Why it was not taken. */
  reason?: string;
}

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

/** Whether a device can be used, and how long it takes for a product of two matrices. */
export async function tryDevice(device: ConcreteDevice): Promise<DeviceTrial> {
  const provider = PROVIDERS[device];
  const backends = ort.listSupportedBackends().map(({ name }) => name);
  if (!backends.includes(provider)) {
    return { device, reason: `ONNX Runtime has it not on ${process.platform} ${process.arch}` };
  }
  let session: ort.InferenceSession | undefined;
  try {
    session = await ort.InferenceSession.create(probeGraph(), {
      executionProviders: [provider],
      logSeverityLevel: 4,
    });
    const shape = [PROBE_SIDE, PROBE_SIDE];
    const [a, b] = [0.5, 2].map((value) => new Float32Array(PROBE_SIDE ** 2).fill(value));
    const feeds = { a: new ort.Tensor('float32', a, shape), b: new ort.Tensor('float32', b, shape) };
    await session.run(feeds);
    const begin = performance.now();
    const { c } = await session.run(feeds);
    const millis = performance.now() - begin;
    const wrong = (c.data as Float32Array).findIndex((value) => Math.abs(value - PROBE_SIDE) > 0.5);
    return wrong < 0 ? { device, millis } : { device, reason: 'it computes wrong results' };
  } catch (thrown) {
    return { device, reason: firstLine(thrown) };
  } finally {
    await session?.release();
  }
}

/** Without the place in ONNX Runtime's source that its messages begin with. */
function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const line = text.split('\n')[0] ?? text;
  return line.replace(/^\S+\.cc:\d+ .* was false\. /, '').slice(0, 300);
}
