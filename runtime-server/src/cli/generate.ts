/** `scenemaker generate`, and the way from a picture to a folder of results that `demo` goes too. */
import { basename, join } from 'node:path';
import { type GenerateRequest, QUALITIES, SceneMakerError } from '@scenemaker/sdk';
import { decodePicture, readPictureFile } from '../input/picture.js';
import { EMBEDDED_PACK } from '../packs.js';
import { parseArguments, parseInteger, parseIntrinsics, parseNumber, usageError } from './arguments.js';
import { type Capture, describeCapture, readCapture, readDepth } from './capture.js';
import { type MadeScene, makeScene, type ServerChoice } from './make-scene.js';
import { openOutputFolder } from './output-folder.js';
import { createProgress } from './progress.js';
import { RESULT_FILES, writeResults } from './results.js';
import { formatBabylon, formatObjects, formatPhysics, formatSeconds } from './summary.js';

export const GENERATE_HELP = `scenemaker generate IMAGE --out DIR [options]

Makes a settled scene of the objects in a picture.

  --out DIR               where the results go; files of the same names are replaced
  --capture               also use what NAME.json beside the picture says: depth, intrinsics, camera pose
  --depth FILE            depth map, a 16-bit PNG of the picture's size
  --depth-unit METRES     metres for each grey level of the depth map (0.001)
  --intrinsics FX,FY,CX,CY   focal lengths and principal point, pixels
  --seed N                seeds everything random (0)
  --quality Q             ${QUALITIES.join(', ')} (standard)
  --max-objects N         keep the best N objects (16)
  --server URL            a server that runs already; otherwise one is started for this picture
  --token TOKEN           for that server
  --pack DIR              model pack, for a server of our own
`;

/** Errors are SceneMakerErrors. */
export async function generate(args: string[]): Promise<void> {
  const { values, positionals } = parseArguments(args, {
    out: { type: 'string' },
    capture: { type: 'boolean', default: false },
    depth: { type: 'string' },
    'depth-unit': { type: 'string', default: '0.001' },
    intrinsics: { type: 'string' },
    server: { type: 'string' },
    token: { type: 'string' },
    ...GENERATE_OPTIONS,
  });
  const [image, ...others] = positionals;
  if (image === undefined || others.length > 0) throw usageError('give one picture', positionals);
  if (values.out === undefined) throw usageError('give the folder for the results with --out DIR');
  const capture: Capture = values.capture ? await readCapture(image) : {};
  if (values.depth !== undefined) {
    capture.depth = await readDepth(values.depth, parseNumber(values['depth-unit'], '--depth-unit'));
  }
  if (values.intrinsics !== undefined) capture.intrinsics = parseIntrinsics(values.intrinsics);
  const token = values.token ?? process.env['SCENEMAKER_TOKEN'];
  const server: ServerChoice =
    values.server === undefined ? { packDir: values.pack } : { url: values.server, ...(token && { token }) };
  await generateToFolder({ image, out: values.out, capture, options: parseOptions(values), server });
}

/** The options that `generate` and `demo` share. */
export const GENERATE_OPTIONS = {
  seed: { type: 'string' },
  quality: { type: 'string' },
  'max-objects': { type: 'string' },
  pack: { type: 'string', default: EMBEDDED_PACK },
} as const;

export interface ToFolderRequest {
  /** Path of the picture. */
  image: string;
  out: string;
  /** What is known beside the picture. */
  capture: Capture;
  options: NonNullable<GenerateRequest['options']>;
  server: ServerChoice;
}

/** Makes the scene, settles it, writes every result and prints a summary. Ctrl-C cancels and leaves nothing behind. */
export async function generateToFolder({ image, out, capture, options, server }: ToFolderRequest): Promise<MadeScene> {
  const begin = performance.now();
  const bytes = await readPictureFile(image);
  const { picture } = await decodePicture(bytes);
  const folder = await openOutputFolder(out);
  const progress = createProgress(process.stderr);
  const abort = new AbortController();
  const cancel = () => abort.abort(new SceneMakerError('cancelled', 'the job was cancelled'));
  process.once('SIGINT', cancel);
  try {
    const added = describeCapture(capture);
    progress.note(`${image}: ${picture.width} x ${picture.height}${added && `, with ${added} given`}`);
    const request = { picture: bytes, ...capture, options };
    const made = await makeScene(request, { server, progress, signal: abort.signal });
    abort.signal.throwIfAborted();
    progress.update('draw and write', 0);
    const drawing = performance.now();
    await writeResults(folder, { made, picture, about: { picture: basename(image), seconds: made.seconds } });
    await folder.commit();
    progress.update('draw and write', 1);
    const now = performance.now();
    const seconds = { ...made.seconds, pictures: (now - drawing) / 1000, total: (now - begin) / 1000 };
    process.stdout.write(`${summarise(made, seconds, out)}\n`);
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
): string {
  const paths = Object.entries(RESULT_FILES).map(([name, text]) => [join(out, name), text]);
  const width = Math.max(...paths.map(([path]) => path.length));
  const files = paths.map(([path, text]) => `  ${path.padEnd(width)}  ${text}`);
  const remarks = warnings.map((warning) => `Note: ${warning}`);
  const lines = [
    formatObjects(scene, segments.length),
    '',
    ...formatPhysics(scene),
    formatBabylon(babylon),
    ...remarks,
    formatSeconds(seconds),
    '',
    ...files,
  ];
  return `\n${lines.join('\n')}`;
}

/** Options as given on the command line, checked. Errors: bad-request. */
export function parseOptions(values: {
  seed?: string | undefined;
  quality?: string | undefined;
  'max-objects'?: string | undefined;
}): ToFolderRequest['options'] {
  const { seed, 'max-objects': maxObjects } = values;
  const quality = QUALITIES.find((name) => name === values.quality);
  if (values.quality !== undefined && quality === undefined) {
    throw usageError(`--quality takes ${QUALITIES.join(', ')}, not ${values.quality}`, values.quality, QUALITIES);
  }
  return {
    ...(seed !== undefined && { seed: parseInteger(seed, '--seed', 0, 0xffffffff) }),
    ...(quality !== undefined && { quality }),
    ...(maxObjects !== undefined && { maxObjects: parseInteger(maxObjects, '--max-objects', 1, 256) }),
  };
}
