/** Real servers of the Open Inference Protocol, with the stages of test/fixtures/large-models/servers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNTIMES = fileURLToPath(new URL('../fixtures/large-models/servers', import.meta.url));
const STAGES = ['segment', 'depth', 'deocclude', 'shape', 'pose'];
const START_MILLIS = 90_000;

export interface InferenceServer {
  url: string;
  close(): Promise<void>;
}

export interface ServerKind {
  name: string;
  /** Whether it takes and gives tensors as bytes. */
  binary: boolean;
  /** Of a virtual environment that has it; undefined where none is installed. */
  python: string | undefined;
  start: () => Promise<InferenceServer>;
}

const installed = (...paths: (string | undefined)[]): string | undefined =>
  paths.find((path) => path !== undefined && existsSync(path));

/** SCENEMAKER_MLSERVER_PYTHON and SCENEMAKER_KSERVE_PYTHON name other places. */
const mlserver = installed(process.env['SCENEMAKER_MLSERVER_PYTHON'], '/opt/venv-mlserver/bin/python');
const kserve = installed(process.env['SCENEMAKER_KSERVE_PYTHON'], '/opt/venv-kserve/bin/python');

export const SERVERS: readonly ServerKind[] = [
  {
    name: 'MLServer',
    binary: false,
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
];

async function launch(command: string, args: string[], port: number): Promise<InferenceServer> {
  const env = { ...process.env, PYTHONPATH: RUNTIMES, PYTHONDONTWRITEBYTECODE: '1' };
  // A group of its own, since these servers have children.
  const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'], cwd: tmpdir() });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors = (errors + text.toString()).slice(-4000)));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    endGroup(child);
    await exited;
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

function endGroup({ pid, exitCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGKILL');
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
