/**
 * What exports cost: scenes of 100 and 500 objects to every format, or to those that are named, with textures and, of
 * the same shapes, with coloured vertices alone. With `--open`, the programs that are installed open the largest one
 * with textures, and say how many bodies they find.
 */
import { validateBytes } from 'gltf-validator';
import {
  EXPORT_FORMATS,
  exportFormats,
  type ExportFormat,
  type FileSet,
  isExportFormat,
} from '@scenemaker/sim-adapters';
import { PROGRAMS, openWith } from './export/consumers.js';
import { largeScene } from './export/large-scene.js';

const COUNTS = [100, 500];
const open = process.argv.includes('--open');
const named = process.argv.filter(isExportFormat);
const formats = named.length > 0 ? named : EXPORT_FORMATS;
const columns = (...cells: (string | number)[]): void => {
  console.log(cells.map((cell, i) => String(cell).padStart(i === 1 ? 8 : 10)).join('  '));
};

columns('objects', 'format', 'CPU s', 'files', 'MB');
for (const textured of [true, false]) for (const count of COUNTS) await measure(count, textured);

async function measure(count: number, textured: boolean): Promise<void> {
  const scene = await largeScene(count, textured);
  const name = `${count}${textured ? '' : ' plain'}`;
  let total = 0;
  // Of this process: what else runs on the machine does not count.
  let begin = process.cpuUsage();
  for await (const [format, files] of exportFormats(scene, formats)) {
    const { user, system } = process.cpuUsage(begin);
    const seconds = (user + system) / 1e6;
    total += seconds;
    const megabytes = [...files.values()].reduce((sum, { length }) => sum + length, 0) / 1e6;
    columns(name, format, seconds.toFixed(2), files.size, megabytes.toFixed(1));
    if (open && textured && count === Math.max(...COUNTS)) await openAll(format, files);
    begin = process.cpuUsage();
  }
  columns(name, 'all', total.toFixed(2));
}

async function openAll(format: ExportFormat, files: FileSet): Promise<void> {
  if (format === 'glb') {
    const { issues, info } = await validateBytes(files.get('scene.glb') ?? new Uint8Array());
    console.log(`  gltf-validator: ${issues.numErrors} errors, ${info.totalTriangleCount} triangles`);
  }
  for (const program of PROGRAMS[format]) console.log(`  ${program.name}: ${await openWith(program, files)}`);
}
