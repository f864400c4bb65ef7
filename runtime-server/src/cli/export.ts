/** `scenemaker export`: a scene file to the files of another format. */
import { join } from 'node:path';
import {
  EXPORT_FORMATS,
  EXPORT_SUMMARIES,
  exportFormats,
  type ExportFormat,
  isExportFormat,
} from '@scenemaker/sim-adapters';
import { parseArguments, usageError } from './arguments.js';
import { openOutputFolder } from './output-folder.js';
import { readScene } from './read-scene.js';

export const help = `scenemaker export SCENE.glb --to FORMAT --out DIR [--force]

Writes a settled scene, as generate and demo leave it, as the files of another format.

  --to FORMAT   ${EXPORT_FORMATS.map((name) => `${name.padEnd(6)} ${EXPORT_SUMMARIES[name]}`).join(`\n${' '.repeat(16)}`)}
                all    each of them
                Several, as in glb,mjcf, go into folders of these names below DIR.
  --out DIR     where the files go
  --force       also into a folder that is not empty; files of the same names are replaced, others stay
`;

/** Errors are SceneMakerErrors. */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArguments(args, {
    to: { type: 'string' },
    out: { type: 'string' },
    force: { type: 'boolean', default: false },
  });
  const { to, out, force } = values;
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw usageError('give one scene, a GLB file', positionals);
  const formats = parseFormats(to);
  if (out === undefined) throw usageError('give --out, the folder for the files');

  const scene = await readScene(file);
  const folder = await openOutputFolder(out, { mustBeEmpty: !force });
  try {
    let said = '';
    for await (const [format, files] of exportFormats(scene, formats)) {
      const below = formats.length > 1 ? `${format}/` : '';
      for (const [path, content] of files) await folder.write(below + path, content);
      const size = [...files.values()].reduce((sum, content) => sum + content.length, 0);
      said += `${scene.objects.length} objects as ${format}: ${files.size} files, ${(size / 1e6).toFixed(1)} MB\n`;
      for (const path of files.keys()) if (!path.includes('/')) said += `  ${join(out, below + path)}\n`;
    }
    await folder.commit();
    process.stdout.write(said);
    if (scene.physics?.verdict === 'unstable') {
      process.stderr.write('Note: the physics report says that this scene does not stand still.\n');
    }
  } finally {
    await folder.discard();
  }
}

/** The formats that `--to` asks for, each once. */
function parseFormats(to: string | undefined): ExportFormat[] {
  const allowed = [...EXPORT_FORMATS, 'all'];
  if (to === undefined) throw usageError(`give --to, one of ${allowed.join(', ')}`, undefined, allowed);
  const names = to === 'all' ? EXPORT_FORMATS : new Set(to.split(','));
  return Array.from(names, (name) => {
    if (!isExportFormat(name)) throw usageError(`--to knows no ${name}; there are ${allowed.join(', ')}`, to, allowed);
    return name;
  });
}
