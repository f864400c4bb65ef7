/** Real servers of the Open Inference Protocol, with the stages of test/fixtures/large-models/servers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './free-ports.js';

const RUNTIMES = fileURLToPath(new URL('../fixtures/large-models/servers', import.meta.url));
const STAGES = ['segment', 'depth', 'deocclude', 'shape', 'pose'];
const START_MILLIS = 90_000;

export interface InferenceServer {
  url: string;
  close(): Promise<void>;
}

export interface ServerKind {
  name: string;
  /** Set where it takes and gives tensors as bytes and does not say so. */
  binary?: boolean;
  /** Of a virtual environment that has it; undefined where none is installed. */
  python: string | undefined;
  start: () => Promise<InferenceServer>;
}

const installed = (...paths: (string | undefined)[]): string | undefined =>
  paths.find((path) => path !== undefined && existsSync(path));

/** SCENEMAKER_MLSERVER_PYTHON, SCENEMAKER_KSERVE_PYTHON and SCENEMAKER_TRITON_PYTHON name other places. */
const mlserver = installed(process.env['SCENEMAKER_MLSERVER_PYTHON'], '/opt/venv-mlserver/bin/python');
const kserve = installed(process.env['SCENEMAKER_KSERVE_PYTHON'], '/opt/venv-kserve/bin/python');
// Of an environment with nvidia-pytriton, whose wheel holds the server itself and its Python backend.
const triton = installed(process.env['SCENEMAKER_TRITON_PYTHON'], '/opt/venv-triton/bin/python');

export const SERVERS: readonly ServerKind[] = [
  {
    name: 'MLServer',
    python: mlserver,
    async start() {
      const folder = await mkdtemp(join(tmpdir(), 'mlserver-'));
      const [http_port, grpc_port, metrics_port] = await freePorts(3);
      const settings = { host: '127.0.0.1', http_port, grpc_port, metrics_port, parallel_workers: 0, debug: false };
      await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
      for (const name of STAGES) {
        await mkdir(join(folder, name));
        const model = { name, implementation: 'mlserver_runtime.StageModel' };
        await writeFile(join(folder, name, 'model-settings.json'), JSON.stringify(model));
      }
      const command = join(dirname(mlserver ?? ''), 'mlserver');
      const server = await launch(command, ['start', folder], http_port);
      return { ...server, close: async () => server.close().then(() => rm(folder, { recursive: true })) };
    },
  },
  {
    name: 'KServe',
    binary: true,
    python: kserve,
    async start() {
      const [port] = await freePorts(1);
      return launch(kserve ?? '', [join(RUNTIMES, 'kserve_runtime.py'), '--http_port', String(port)], port);
    },
  },
  { name: 'Triton', python: triton, start: startTriton },
];

/** Its files lie as nvidia-pytriton has them; a backend wants a stub of the environment's own Python beside it. */
async function startTriton(): Promise<InferenceServer> {
  const folder = await mkdtemp(join(tmpdir(), 'triton-'));
  const environment = dirname(dirname(triton ?? ''));
  const [python = ''] = await readdir(join(environment, 'lib'));
  const packages = join(environment, 'lib', python, 'site-packages');
  const files = join(packages, 'pytriton', 'tritonserver');
  const backend = join(folder, 'backends', 'python');
  await cp(join(files, 'backends', 'python'), backend, { recursive: true });
  await cp(join(files, 'python_backend_stubs', python.replace('python', '')), backend, { recursive: true });
  for (const name of STAGES) {
    const model = join(folder, 'models', name);
    await mkdir(join(model, '1'), { recursive: true });
    await writeFile(join(model, 'config.pbtxt'), 'backend: "python"\n');
    await cp(join(RUNTIMES, 'triton_runtime.py'), join(model, '1', 'model.py'));
    await cp(join(RUNTIMES, 'stage_models.py'), join(model, '1', 'stage_models.py'));
  }
  const [port] = await freePorts(1);
  const options = {
    'model-repository': join(folder, 'models'),
    'backend-directory': join(folder, 'backends'),
    'http-address': '127.0.0.1',
    'http-port': String(port),
    'allow-grpc': 'false',
    'allow-metrics': 'false',
    'log-info': 'false',
  };
  const server = await launch(
    join(files, 'bin', 'tritonserver'),
    Object.entries(options).map(([name, value]) => `--${name}=${value}`),
    port,
    {
      PATH: `${join(environment, 'bin')}:${process.env['PATH']}`,
      PYTHONPATH: packages,
      LD_LIBRARY_PATH: join(packages, 'nvidia_pytriton.libs'),
    },
  );
  return { ...server, close: async () => server.close().then(() => rm(folder, { recursive: true })) };
}

async function launch(
  command: string,
  args: string[],
  port: number,
  environment: NodeJS.ProcessEnv = {},
): Promise<InferenceServer> {
  const env = { ...process.env, PYTHONPATH: RUNTIMES, PYTHONDONTWRITEBYTECODE: '1', ...environment };
  // A group of its own, since these servers have children.
  const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'], cwd: tmpdir() });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors = (errors + text.toString()).slice(-4000)));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  // A polite end first, at which Triton gives its shared memory back.
  const close = async (): Promise<void> => {
    endGroup(child, 'SIGTERM');
    const late = setTimeout(() => endGroup(child, 'SIGKILL'), 10_000);
    await exited;
    clearTimeout(late);
  };
  for (const begin = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 200))) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}: ${errors}`);
    const answers = await Promise.all(STAGES.map((name) => fetch(`${url}/v2/models/${name}/ready`).catch(() => null)));
    if (answers.every((answer) => answer?.ok)) return { url, close };
    if (Date.now() - begin < START_MILLIS) continue;
    await close();
    throw new Error(`${command} is not ready after ${START_MILLIS / 1000} s: ${errors}`);
  }
}

function endGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
}
