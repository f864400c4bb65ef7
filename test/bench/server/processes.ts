/** Processes that a measurement starts, and what they take. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Started {
  child: ChildProcess;
  /** The first line that it printed. */
  line: string;
}

/** Runs a TypeScript file against the built packages, as they ship. */
export async function start(module: URL, ...args: string[]): Promise<Started> {
  const node = [
    '--import',
    new URL('../../support/typescript.mjs', import.meta.url).href,
    fileURLToPath(module),
    ...args,
  ];
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout ?? process.stdin }), 'line')) as [string];
  return { child, line };
}

/** A server with a fake pipeline, in a process of its own, that keeps its jobs until it ends. */
export async function startFakeProcess(): Promise<{ url: string; pids: number[]; stop: () => Promise<void> }> {
  const { child, line } = await start(new URL('../../support/serve-fake.ts', import.meta.url), '0');
  const { url, inference } = JSON.parse(line) as { url: string; inference: number[] };
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { url, pids: [child.pid ?? 0, ...inference], stop };
}

/** Resident memory now, or at its most (Linux), megabytes. */
export async function residentMegabytes(pid: number, which: 'now' | 'most'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = new RegExp(`${which === 'now' ? 'VmRSS' : 'VmHWM'}:\\s+(\\d+)`).exec(status)?.[1];
  return Number(kilobytes) / 1000;
}
