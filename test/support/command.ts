/** Runs the `scenemaker` command and other programs from their sources. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { runCommand } from '../../runtime-server/src/cli/run-command.js';

const MAIN = fileURLToPath(new URL('../../runtime-server/src/cli/main.ts', import.meta.url));

export interface CommandResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** In a process of its own. */
export const scenemaker = (...args: string[]): Promise<CommandResult> => runProgram(MAIN, args);

/** A TypeScript program in a process of its own, with the packages from their sources. */
export function runProgram(path: string, args: readonly string[], cwd?: string): Promise<CommandResult> {
  const node = ['--import', import.meta.resolve('tsx'), '--conditions=@scenemaker/source', path, ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, node, { cwd }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

/** In this process, which is faster; only for commands that start no inference. */
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
