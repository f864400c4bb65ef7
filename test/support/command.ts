/** Runs the `scenemaker` command and other programs from their sources. */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { runCommand } from '../../runtime-server/src/cli/run-command.js';

const MAIN = fileURLToPath(new URL('../../runtime-server/src/cli/main.ts', import.meta.url));

export interface CommandResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** For Node. */
export const SOURCES = ['--import', new URL('typescript.mjs', import.meta.url).href, '--conditions=@scenemaker/source'];

/** In a process of its own, whose output nobody wants to read. */
export function scenemakerUnread(...args: string[]): Promise<Pick<CommandResult, 'status' | 'stderr'>> {
  const child = spawn(process.execPath, [...SOURCES, MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status: status ?? -1, stderr })));
}

/** In a process of its own. */
export const scenemaker = (...args: string[]): Promise<CommandResult> => runProgram(MAIN, args);

/** One that goes on until it is told to end. */
export const spawnScenemaker = (...args: string[]): ChildProcessByStdio<null, Readable, null> =>
  spawn(process.execPath, [...SOURCES, MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });

/** A TypeScript program in a process of its own, with the packages from their sources. */
export function runProgram(path: string, args: readonly string[], cwd?: string): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...SOURCES, path, ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

/** In this process, which is faster; only for commands that start no process of their own. */
export async function runHere(...args: string[]): Promise<CommandResult> {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  // The test runner has a console of its own.
  const log = vi.spyOn(console, 'log').mockImplementation((text) => void process.stdout.write(`${text}\n`));
  const textOf = (spy: typeof stdout): string => spy.mock.calls.map(([text]) => String(text)).join('');
  try {
    const status = await runCommand(args);
    return { status, stdout: textOf(stdout), stderr: textOf(stderr) };
  } finally {
    log.mockRestore();
    stdout.mockRestore();
    stderr.mockRestore();
  }
}
