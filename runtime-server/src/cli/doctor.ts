/** `scenemaker doctor`: says what this machine can do, and what is in the way of the rest. */
import { availableParallelism, totalmem } from 'node:os';
import { SceneMakerError } from '@scenemaker/sdk';
import { type Device, DEVICES, type DeviceTrial, loadPack, tryDevice } from '../models/index.js';
import { EMBEDDED_PACK } from '../packs.js';
import { GENERATOR } from '../version.js';
import { parseArguments, usageError } from './arguments.js';

export const help = `scenemaker doctor [options]

Says what this machine can do: the model pack, and every device the models could run on.
Ends with status 2 when the pack cannot be used.

  --pack FOLDER   the model pack (the one that ships)

`;

/** What a device needs that may be missing. */
const NEEDS: Partial<Record<Device, string>> = {
  webgpu: 'it needs a Vulkan driver of the system, Metal or Direct3D 12',
  cuda: `it needs an NVIDIA GPU, CUDA 12, cuDNN 9 and libraries of ONNX Runtime that npm leaves out (300 MB):
             ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install.js`,
  tensorrt: 'it needs what cuda does, and TensorRT',
};

export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArguments(args, { pack: { type: 'string', default: EMBEDDED_PACK } });
  if (positionals.length > 0) throw usageError(`doctor takes no ${positionals[0]}`, positionals[0]);
  const line = (name: string, text: string): void => console.log(`${name.padEnd(12)} ${text}`);
  line('version', `${GENERATOR}, Node ${process.version}, ${process.platform} ${process.arch}`);
  line('machine', `${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(1)} GiB of memory`);
  const pack = await loadPack(values.pack).catch((thrown: unknown) => SceneMakerError.from(thrown));
  line(
    'pack',
    pack instanceof SceneMakerError
      ? `${pack.message} [${pack.code}]`
      : `${pack.label}, every file as its manifest says`,
  );
  for (const device of DEVICES) {
    if (device !== 'auto') line(device, describe(await tryDevice(device)));
  }
  if (pack instanceof SceneMakerError) throw pack;
}

function describe({ device, millis, reason }: DeviceTrial): string {
  const needs = NEEDS[device];
  return millis === undefined
    ? `no: ${reason}${needs === undefined ? '' : `; ${needs}`}`
    : `yes; a product of two matrices of 256 x 256 takes ${millis.toFixed(1)} ms`;
}
