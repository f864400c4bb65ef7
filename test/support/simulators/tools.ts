/** Programs of other people that open exported files, where they are installed. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileSet } from '@scenemaker/sim-adapters';
import type { SeenBody } from './compare.js';

/** Where the Python packages of simulators may be: .ci/run makes the second. */
const PYTHONS = [
  process.env['SCENEMAKER_SIMULATORS_PYTHON'],
  '/opt/venv-sims/bin/python',
  '/opt/venv-usd/bin/python',
  '/opt/venv-newton/bin/python',
  'python3',
];

const works = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
};

/** Whether there is such a program; says so where there is none, since its tests are left out then. */
export function isInstalled(command: string): boolean {
  const installed = works('sh', '-c', `command -v ${command}`);
  if (!installed) console.warn(`Left out: tests with ${command}, which is not installed here.`);
  return installed;
}

/** A Python that has the module; says so where there is none, since its tests are left out then. */
export function pythonWith(module: string): string | null {
  const code = `import importlib.util, sys; sys.exit(importlib.util.find_spec("${module}") is None)`;
  const python = PYTHONS.find((path) => path !== undefined && works(path, '-c', code));
  if (python === undefined)
    console.warn(`Left out: tests with the Python module ${module}, which is not installed here.`);
  return python ?? null;
}

/** What a program says on both streams. Rejects where it fails. */
export function output(command: string, args: readonly string[], cwd?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 1e8, ...(cwd !== undefined && { cwd }) };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command} ${args.join(' ')}: ${error.message}\n${stdout}`, { cause: error }));
      else resolve(stdout + stderr);
    });
  });
}

/** Puts the files into a folder of their own while `work` runs. */
export async function withFiles<T>(files: FileSet, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'scenemaker-'));
  try {
    for (const [path, content] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const CONSUME = fileURLToPath(new URL('consume.py', import.meta.url));

/** The scene in a simulator of Python, before and after it stood for `seconds`. */
export async function consume(
  python: string,
  simulator: 'drake' | 'pybullet' | 'newton',
  path: string,
  seconds: number,
): Promise<{ before: SeenBody[]; after: SeenBody[] }> {
  const said = await output(python, [CONSUME, simulator, path, String(seconds)]);
  // Simulators print remarks of their own around it.
  const json = said.split('\n').find((line) => line.includes('{"before"')) ?? '';
  return JSON.parse(json.slice(json.indexOf('{"before"'), json.lastIndexOf('}') + 1)) as never;
}

const OPEN = fileURLToPath(new URL('open_export.py', import.meta.url));

/** How many bodies and shapes a program of Python finds in a file, in words. */
export const openExport = (
  python: string,
  module: 'mujoco' | 'pydrake' | 'pxr',
  folder: string,
  file: string,
): Promise<string> => output(python, [OPEN, module, file], folder);
