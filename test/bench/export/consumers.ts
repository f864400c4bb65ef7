/** Programs that open what was exported, each in a process of its own. */
import { fileURLToPath } from 'node:url';
import type { ExportFormat, FileSet } from '@scenemaker/sim-adapters';
import { isInstalled, output, pythonWith, withFiles } from '../../support/simulators/tools.js';

export interface Program {
  name: string;
  /** Absent where it is not installed. */
  command: string | null;
  arguments: string[];
}

const SCRIPT = fileURLToPath(new URL('../../support/simulators/open_export.py', import.meta.url));
const inPython = (name: string, module: string, file: string): Program => ({
  name,
  command: pythonWith(module),
  arguments: [SCRIPT, module, file],
});
const program = (name: string, ...args: string[]): Program => ({
  name,
  command: isInstalled(name) ? name : null,
  arguments: args,
});
const BLENDER = fileURLToPath(new URL('../../support/simulators/blender.py', import.meta.url));

export const PROGRAMS: Readonly<Record<ExportFormat, readonly Program[]>> = {
  glb: [program('blender', '--background', '--factory-startup', '--python', BLENDER, '--', 'scene.glb')],
  mjcf: [inPython('MuJoCo', 'mujoco', 'scene.xml')],
  urdf: [program('check_urdf', 'scene.urdf'), inPython('MuJoCo', 'mujoco', 'scene.urdf')],
  sdf: [program('ign', 'sdf', '--check', 'scene.sdf'), inPython('Drake', 'pydrake', 'scene.sdf')],
  usda: [inPython('usd-core', 'pxr', 'scene.usda')],
  usdz: [inPython('usd-core', 'pxr', 'scene.usdz')],
};

/** What the program says in the end, shortened, and how long it took by the clock. */
export async function openWith({ command, arguments: args }: Program, files: FileSet): Promise<string> {
  if (command === null) return 'not installed';
  const begin = performance.now();
  try {
    const said = await withFiles(files, (folder) => output(command, args, folder));
    const lines = said.trim().split('\n');
    const objects = lines.find((line) => line.startsWith('{"objects"'));
    const verdict = lines.find((line) => /^Valid\.|Successfully Parsed|^\d+ \w+ bodies/.test(line));
    const count = objects && `${Object.keys((JSON.parse(objects) as { objects: object }).objects).length} objects`;
    const last = count ?? verdict ?? lines.at(-1);
    return `${last?.slice(0, 100)} (${((performance.now() - begin) / 1000).toFixed(0)} s)`;
  } catch (error) {
    return `FAILED: ${String(error).slice(0, 2000)}`;
  }
}
