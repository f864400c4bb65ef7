/** `scenemaker export`: a scene file to the files of another format. */
import { join } from 'node:path';
import { EXPORT_FORMATS, EXPORTERS, exportScene, isExportFormat, readGlb } from '@scenemaker/sim-adapters';
import { parseArguments, usageError } from './arguments.js';
import { openOutputFolder } from './output-folder.js';
import { readInput } from './read-input.js';

export const EXPORT_HELP = `scenemaker export SCENE.glb --to FORMAT --out DIR [--force]

Writes a settled scene, as generate and demo leave it, as the files of another format.

  --to FORMAT   ${EXPORT_FORMATS.map((name) => `${name.padEnd(6)} ${EXPORTERS[name].summary}`).join(`\n${' '.repeat(16)}`)}
  --out DIR     where the files go
  --force       also into a folder that is not empty; files of the same names are replaced, others stay
`;

/** Errors are SceneMakerErrors. */
export async function exportFiles(args: string[]): Promise<void> {
  const { values, positionals } = parseArguments(args, {
    to: { type: 'string' },
    out: { type: 'string' },
    force: { type: 'boolean', default: false },
  });
  const { to, out, force } = values;
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw usageError('give one scene, a GLB file', positionals);
  if (to === undefined) throw usageError(`give --to, one of ${EXPORT_FORMATS.join(', ')}`, undefined, EXPORT_FORMATS);
  if (!isExportFormat(to)) {
    throw usageError(`--to knows no ${to}; there are ${EXPORT_FORMATS.join(', ')}`, to, EXPORT_FORMATS);
  }
  if (out === undefined) throw usageError('give --out, the folder for the files');

  const bytes = await readInput(file);
  const folder = await openOutputFolder(out, { mustBeEmpty: !force });
  try {
    const scene = await readGlb(bytes);
    const files = await exportScene(scene, to);
    for (const [path, content] of files) await folder.write(path, content);
    await folder.commit();
    const size = [...files.values()].reduce((sum, content) => sum + content.length, 0);
    process.stdout.write(
      `${scene.objects.length} objects as ${to}: ${files.size} files, ${(size / 1e6).toFixed(1)} MB\n`,
    );
    for (const path of files.keys()) if (!path.includes('/')) process.stdout.write(`  ${join(out, path)}\n`);
    if (scene.physics?.verdict === 'unstable') {
      process.stderr.write('Note: the physics report says that this scene does not stand still.\n');
    }
  } finally {
    await folder.discard();
  }
}
