/**
 * A folder of pictures to checked scenes in every format of simulators, and one page that shows them. See README.md.
 *
 *   npx tsx samples/physics-checked-export/export.ts [PICTURES] [OUT] [ws://SERVER]
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { connect, type GenerateRequest, type SceneDescription, SceneMakerError } from '@scenemaker/sdk';
import { createHavokEngine, refereeScene, settleScene } from '@scenemaker/sdk/physics';
import { fitCamera, orbitCamera, type Picture, renderScene } from '@scenemaker/sdk/render';
import { EMBEDDED_PACK, startServer } from '@scenemaker/runtime-server';
import { EXPORT_FORMATS, exportScene } from '@scenemaker/sim-adapters';
import { createMujocoEngine } from '@scenemaker/sim-adapters/environments';
import { type Checked, reportPage } from './report.js';

/** Pictures, and what the sample pictures call the maps that belong to them. */
const PICTURE = /\.(jpe?g|png|webp|avif)$/i;
const MAP = /\.(depth|masks)\.png$/i;
const SIDE_PIXELS = 640;

/** The picture, and what a JSON file of its name says of its camera. */
async function readRequest(path: string): Promise<GenerateRequest> {
  const picture = new Uint8Array(await readFile(path));
  const beside = join(dirname(path), `${parse(path).name}.json`);
  const text = await readFile(beside, 'utf8').catch(() => '{}');
  const { intrinsics, cameraToWorld, depth } = JSON.parse(text) as Omit<GenerateRequest, 'depth'> & { depth?: string };
  return {
    picture,
    ...(intrinsics && { intrinsics }),
    ...(cameraToWorld && { cameraToWorld }),
    ...(depth && { depth: { encoding: 'png16', bytes: new Uint8Array(await readFile(join(dirname(path), depth))) } }),
    outputs: [],
  };
}

const writePicture = ({ data, width, height }: Picture, path: string) =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88 })
    .toFile(path);

/** Everything of one scene into a folder: a folder for each format, and pictures. */
async function writeScene(scene: SceneDescription, picture: Uint8Array, folder: string): Promise<void> {
  for (const format of EXPORT_FORMATS) {
    for (const [path, bytes] of await exportScene(scene, format)) {
      await mkdir(dirname(join(folder, format, path)), { recursive: true });
      await writeFile(join(folder, format, path), bytes);
    }
  }
  const shown = sharp(picture).rotate().resize({ width: SIDE_PIXELS, height: SIDE_PIXELS, fit: 'inside' });
  await shown.jpeg({ quality: 88 }).toFile(join(folder, 'picture.jpg'));
  const camera = fitCamera(scene.cameras[0], SIDE_PIXELS);
  await writePicture(renderScene(scene, camera), join(folder, 'scene.jpg'));
  await writePicture(renderScene(scene, orbitCamera(scene, { azimuth: 1.2 })), join(folder, 'side.jpg'));
}

const words = process.argv.slice(2);
const [input = fileURLToPath(new URL('../pictures/', import.meta.url)), out = 'out/checked'] = words.filter(
  (word) => !word.startsWith('ws'),
);
const names = (await readdir(input)).filter((name) => PICTURE.test(name) && !MAP.test(name)).toSorted();
const given = words.find((word) => word.startsWith('ws'));
const server = given === undefined ? await startServer({ port: 0, inference: { packDir: EMBEDDED_PACK } }) : undefined;
const client = await connect(given ?? server?.url ?? '', { client: 'physics-checked-export/1' });
// Havok settles the scenes; MuJoCo had no part in them.
const [havok, mujoco] = [await createHavokEngine(), await createMujocoEngine()];

const checked: Checked[] = [];
for (const name of names) {
  const folder = parse(name).name;
  try {
    const request = await readRequest(join(input, name));
    const scene = await settleScene(await client.generate(request).result, { engine: havok });
    await writeScene(scene, request.picture, join(out, folder));
    const verdicts = [havok, mujoco].map((engine) => refereeScene(scene, engine));
    checked.push({ name, folder, scene, verdicts });
    const said = verdicts.map(({ engine, verdict }) => `${verdict} by ${engine}`);
    console.log(`${name}: ${scene.objects.length} objects, ${said.join(', ')}`);
  } catch (thrown) {
    // One picture that cannot be used does not stop the others.
    const { message } = SceneMakerError.from(thrown);
    checked.push({ name, problem: message });
    console.log(`${name}: ${message}`);
  }
}
client.close();
await server?.close();
await mkdir(out, { recursive: true });
await writeFile(join(out, 'index.html'), reportPage(checked));
console.log(`Open ${join(out, 'index.html')}`);
// As `scenemaker check` does: 1 where something is amiss.
const isGood = (entry: Checked): boolean =>
  'scene' in entry && entry.verdicts.every(({ verdict }) => verdict !== 'unstable');
process.exitCode = checked.every(isGood) ? 0 : 1;
