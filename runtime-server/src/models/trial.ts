/** Tries a device on a small graph. */
import { fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { extname } from 'node:path';
import * as ort from 'onnxruntime-node';
import { type ConcreteDevice, PROVIDERS } from './devices.js';
import { PROBE_SIDE, probeGraph } from './probe-graph.js';

// What goes wrong is thrown, and said by whoever catches it.
ort.env.logLevel = 'fatal';

export interface DeviceTrial {
  device: ConcreteDevice;
  /** Of the probe's second run, which leaves compiling out; absent when it cannot be used. */
  millis?: number;
  /** Why it was not taken. */
  reason?: string;
}

/** Whether a device can be used, and how long it takes for a product of two matrices. */
export function tryDevice(device: ConcreteDevice): Promise<DeviceTrial> {
  return device === 'webgpu' ? tryElsewhere(device) : tryHere(device);
}

/** A trial that hangs is given up. */
const LONGEST_TRIAL_MILLIS = 60_000;

/** In a process of its own: drivers print what they miss to standard error, which belongs to whoever started this one. */
function tryElsewhere(device: ConcreteDevice): Promise<DeviceTrial> {
  const { url } = import.meta;
  const child = fork(new URL(`trial-process${extname(url)}`, url), [device], {
    // Without one, Vulkan's drivers complain and some refuse.
    env: { XDG_RUNTIME_DIR: tmpdir(), ...process.env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: LONGEST_TRIAL_MILLIS,
    killSignal: 'SIGKILL',
  });
  let trial: DeviceTrial | undefined;
  let printed = '';
  child.stderr?.on('data', (text: Buffer) => (printed += text.toString()));
  child.on('message', (message: DeviceTrial) => (trial = message));
  return new Promise((resolve) => {
    const end = (how: string): void => {
      const { reason = how, ...rest } = trial ?? { device };
      // The first line says what is missing, those after it where that was noticed.
      const detail = printed.split('\n', 1)[0].replace(/^\w+: /, '');
      if (rest.millis !== undefined && trial?.reason === undefined) resolve(rest);
      else resolve({ ...rest, reason: detail === '' ? reason : `${reason} (${detail})` });
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (code, signal) => end(`trying it ends a process with ${signal ?? `status ${code}`}`));
  });
}

/** `tryDevice` in this process. */
export async function tryHere(device: ConcreteDevice): Promise<DeviceTrial> {
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
