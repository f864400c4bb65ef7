/** `npm run demo`: one picture to a settled scene, through every stage, on this machine alone. */
import { readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SceneMakerError } from '@scenemaker/sdk';
import { EMBEDDED_PACK } from '../packs.js';
import { parseArguments, usageError } from './arguments.js';
import { type Capture, capturePath, readCapture } from './capture.js';
import { generateToFolder } from './generate.js';
import { describeInputs, GENERATE_OPTIONS, OPTIONS_HELP, parseOptions } from './inputs.js';
import { RESULT_NAMES } from './results.js';

export const help = `scenemaker demo [IMAGE] [options]

Makes a settled scene of a sample picture, or of IMAGE.

  --out DIR                  where the results go (out)
  --rgb-only                 use the picture alone, even where its depth and camera are known
${OPTIONS_HELP}  --pack DIR                 model pack (the one that ships)
`;

/** In the repository, and in the package as it is published, which has them for the viewer. */
const SAMPLES = ['../../../samples/pictures', '../viewer/samples'];
const FIRST_SAMPLE = 'table-breakfast.jpg';

/** Errors are SceneMakerErrors. */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArguments(args, {
    out: { type: 'string', default: 'out' },
    'rgb-only': { type: 'boolean', default: false },
    pack: { type: 'string', default: EMBEDDED_PACK },
    ...GENERATE_OPTIONS,
  });
  const [image = await firstSample(), ...others] = positionals;
  if (others.length > 0) throw usageError('give one picture', positionals);
  const known = await readCapture(image);
  say(image, known, values['rgb-only']);
  await generateToFolder({
    image,
    out: values.out,
    files: RESULT_NAMES,
    inputs: values['rgb-only'] ? {} : known,
    options: parseOptions(values),
    server: { packDir: values.pack },
  });
  process.stdout.write(await nextSteps(image, values.out));
}

async function firstSample(): Promise<string> {
  const samples = await listSamples();
  const sample = samples.find((path) => path.endsWith(FIRST_SAMPLE)) ?? samples[0];
  if (sample === undefined) throw new SceneMakerError('input-missing', 'there are no sample pictures here: give one');
  return sample;
}

/** Paths from the working folder. */
async function listSamples(): Promise<string[]> {
  for (const place of SAMPLES) {
    const folder = fileURLToPath(new URL(place, import.meta.url));
    const pictures = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.jpg'));
    if (pictures.length > 0) return pictures.map((name) => relative(process.cwd(), join(folder, name)));
  }
  return [];
}

function say(image: string, known: Capture, rgbOnly: boolean): void {
  const parts = describeInputs(known);
  if (parts === '') return;
  const path = capturePath(image);
  const line = rgbOnly
    ? `${path} gives ${parts}: not used, because of --rgb-only.`
    : `${path} gives ${parts}: used. Leave them out with --rgb-only.`;
  process.stderr.write(`${line}\n`);
}

async function nextSteps(image: string, out: string): Promise<string> {
  const others = (await listSamples()).filter((path) => path !== image && dirname(path) !== '');
  const tries = others.slice(0, 2).map((path) => `  npx scenemaker demo ${path}`);
  return [
    '',
    `Open ${join(out, 'scene.glb')} in any glTF viewer. Then try:`,
    ...tries,
    '  npx scenemaker demo YOUR-PICTURE.jpg --out somewhere',
    '',
  ].join('\n');
}
