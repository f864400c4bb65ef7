/** `scenemaker generate`, and the way from a picture to a folder of results that `demo` goes too. */
import { basename, join } from 'node:path';
import { type GenerateRequest, PRIORITIES, type Priority, SceneMakerError } from '@scenemaker/sdk';
import { decodePicture, readPictureFile } from '../input/picture.js';
import { type Device, DEVICES } from '../models/index.js';
import { EMBEDDED_PACK } from '../packs.js';
import { parseArguments, parseChoice, parseGigabytes, usageError } from './arguments.js';
import {
  describeInputs,
  GENERATE_OPTIONS,
  INPUT_HELP,
  INPUT_OPTIONS,
  type Inputs,
  OPTIONS_HELP,
  parseOptions,
  readInputs,
} from './inputs.js';
import { type MadeScene, makeScene, type ServerChoice } from './make-scene.js';
import { openOutputFolder } from './output-folder.js';
import { createProgress } from './progress.js';
import { DRAWN_FROM_PREVIEWS, RESULT_FILES, RESULT_NAMES, type ResultFile, writeResults } from './results.js';
import { formatBabylon, formatObjects, formatPhysics, formatSeconds } from './summary.js';

export const help = `scenemaker generate IMAGE --out DIR [options]

Makes a settled scene of the objects in a picture.

  --out DIR                  where the results go; files of the same names are replaced
  --outputs LIST             which of them, by name, as in scene.glb,report.json (all:
                             ${RESULT_NAMES.slice(0, 4).join(', ')},
                             ${RESULT_NAMES.slice(4).join(', ')})

${INPUT_HELP}
How it is made
${OPTIONS_HELP}  --device D                 ${DEVICES.join(', ')} (cpu)
  --pack DIR                 model pack (the one that ships)
  --vram GB                  stages that together take more are loaded and released in turn (all stay loaded)
  --server URL               a server that runs already, with its device and pack; otherwise one is started
  --token TOKEN              for that server; SCENEMAKER_TOKEN does the same, unseen by others on this machine
  --priority P               ${PRIORITIES.join(', ')} among your jobs there (normal)
`;

/** Errors are SceneMakerErrors. */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArguments(args, {
    out: { type: 'string' },
    outputs: { type: 'string' },
    server: { type: 'string' },
    token: { type: 'string' },
    priority: { type: 'string', default: 'normal' },
    device: { type: 'string', default: 'cpu' },
    vram: { type: 'string' },
    pack: { type: 'string', default: EMBEDDED_PACK },
    ...INPUT_OPTIONS,
    ...GENERATE_OPTIONS,
  });
  const [image, ...others] = positionals;
  if (image === undefined || others.length > 0) throw usageError('give one picture', positionals);
  if (values.out === undefined) throw usageError('give the folder for the results with --out DIR');
  const device = parseChoice<Device>(values.device, '--device', DEVICES);
  const memoryLimit = values.vram === undefined ? {} : { memoryLimit: parseGigabytes(values.vram, '--vram') };
  const token = values.token ?? process.env['SCENEMAKER_TOKEN'];
  const server: ServerChoice =
    values.server === undefined
      ? { packDir: values.pack, device, ...memoryLimit }
      : { url: values.server, ...(token && { token }) };
  await generateToFolder({
    image,
    out: values.out,
    files: values.outputs === undefined ? RESULT_NAMES : parseFiles(values.outputs),
    inputs: await readInputs(image, values),
    options: parseOptions(values),
    priority: parseChoice(values.priority, '--priority', PRIORITIES),
    server,
  });
}

function parseFiles(text: string): ResultFile[] {
  return text.split(',').map((name) => parseChoice(name.trim(), '--outputs', RESULT_NAMES));
}

export interface ToFolderRequest {
  /** Path of the picture. */
  image: string;
  out: string;
  /** Which results are written. */
  files: readonly ResultFile[];
  /** What is known beside the picture. */
  inputs: Inputs;
  options: NonNullable<GenerateRequest['options']>;
  priority?: Priority;
  server: ServerChoice;
}

/** Makes the scene, settles it, writes every result and prints a summary. Ctrl-C cancels and leaves nothing behind. */
export async function generateToFolder(asked: ToFolderRequest): Promise<MadeScene> {
  const { image, out, files, inputs, options, priority, server } = asked;
  const begin = performance.now();
  const bytes = await readPictureFile(image);
  const { picture } = await decodePicture(bytes);
  const folder = await openOutputFolder(out);
  const progress = createProgress(process.stderr);
  const abort = new AbortController();
  const cancel = () => abort.abort(new SceneMakerError('cancelled', 'the job was cancelled'));
  process.once('SIGINT', cancel);
  try {
    const added = describeInputs(inputs);
    progress.note(`${image}: ${picture.width} x ${picture.height}${added && `, with ${added} given`}`);
    const previews = files.some((file) => DRAWN_FROM_PREVIEWS.includes(file));
    const request: GenerateRequest = { picture: bytes, ...inputs, options, outputs: previews ? ['previews'] : [] };
    const made = await makeScene(request, { server, progress, signal: abort.signal, ...(priority && { priority }) });
    abort.signal.throwIfAborted();
    progress.update('draw and write', 0);
    const drawing = performance.now();
    await writeResults(folder, { made, picture, about: { picture: basename(image), seconds: made.seconds }, files });
    await folder.commit();
    progress.update('draw and write', 1);
    const now = performance.now();
    const seconds = { ...made.seconds, pictures: (now - drawing) / 1000, total: (now - begin) / 1000 };
    process.stdout.write(`${summarise(made, seconds, out, files)}\n`);
    return made;
  } finally {
    progress.end();
    process.removeListener('SIGINT', cancel);
    await folder.discard();
  }
}

function summarise(
  { scene, segments, babylon, warnings }: MadeScene,
  seconds: Record<string, number>,
  out: string,
  files: readonly ResultFile[],
): string {
  const paths = files.map((name) => ({ path: join(out, name), text: RESULT_FILES[name] }));
  const width = Math.max(...paths.map(({ path }) => path.length));
  const remarks = warnings.map((warning) => `Note: ${warning}`);
  const lines = [
    formatObjects(scene, segments?.length),
    '',
    ...formatPhysics(scene),
    formatBabylon(babylon),
    ...remarks,
    formatSeconds(seconds),
    '',
    ...paths.map(({ path, text }) => `  ${path.padEnd(width)}  ${text}`),
  ];
  return `\n${lines.join('\n')}`;
}
