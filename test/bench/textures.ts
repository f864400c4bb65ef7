/**
 * What textures cost and what they are worth, on the sample pictures or on those that are named: scenes are made
 * without textures, and each object gets one of every size. It is drawn without light from where the picture was
 * taken, before physics, and compared with the picture where that and the drawing show it.
 *
 *   --scenes DIR   keeps the scenes, and takes those that are there
 *   --out DIR      writes the picture, the scene with coloured vertices, and with textures of the largest size
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GENERATE_OPTIONS_DEFAULTS, type SceneDescription, type SceneObject, TEXTURE_SIZES } from '@scenemaker/sdk';
import { decodeTexture, type Picture, rasterise } from '@scenemaker/sdk/render';
import { readGlb, writeGlb } from '@scenemaker/sim-adapters';
import { capturePath, readCapture } from '../../runtime-server/src/cli/capture.js';
import { formatTable, numbers, words } from '../../runtime-server/src/cli/table.js';
import { toPipelineRequest } from '../../runtime-server/src/inference/request.js';
import { decodePicture } from '../../runtime-server/src/input/picture.js';
import { EMBEDDED_PACK } from '../../runtime-server/src/packs.js';
import { encodePng } from '../../runtime-server/src/pictures/png.js';
import { createPipeline } from '../../runtime-server/src/pipeline.js';
import { decodeMask } from '../../runtime-server/src/stages/mask-ops.js';
import type { Mask } from '../../runtime-server/src/stages/stage.js';
import { textureMesh } from '../../runtime-server/src/textures/texture-mesh.js';
import { drawUnlit } from './textures/draw-unlit.js';

const SAMPLES = ['rgbd-table', 'floor-room', 'desk', 'toys-floor', 'table-breakfast'].map((name) =>
  fileURLToPath(new URL(`../../samples/pictures/${name}.jpg`, import.meta.url)),
);
const SIZES = TEXTURE_SIZES.filter((size) => size > 0 && size <= 1024);

interface Row {
  scene: string;
  object: string;
  pixels: number;
  /** dB, with coloured vertices. */
  colored: number;
  textured: { size: number; decibels: number; seconds: number; kilobytes: number; side: string }[];
}

const { values, positionals } = parseArgs({
  options: { scenes: { type: 'string' }, out: { type: 'string' } },
  allowPositionals: true,
});
const rows: Row[] = [];
for (const path of positionals.length > 0 ? positionals : SAMPLES) rows.push(...(await measure(path)));
print(rows);

async function measure(path: string): Promise<Row[]> {
  const name = basename(path).replace(/\.\w+$/, '');
  const scene = await sceneOf(path, name);
  const [camera] = scene.cameras;
  const { picture } = await decodePicture(await readFile(path));
  const masks = scene.objects.map(({ mask }) => decodeMask(mask));
  const { ids } = rasterise(scene, camera);
  const compare = (drawn: Picture) => masks.map((mask, index) => similarity(picture, drawn, ids, index, mask));
  const colored = drawUnlit(scene);
  const found = compare(colored).map(({ pixels, decibels }, index): Row => ({
    scene: name,
    object: scene.objects[index].id,
    pixels,
    colored: decibels,
    textured: [],
  }));
  let textured = scene;
  for (const size of SIZES) {
    const objects: SceneObject[] = [];
    for (const [index, object] of scene.objects.entries()) {
      const { mesh: plain, pose } = object;
      const begin = process.cpuUsage();
      const mesh = await textureMesh({ mesh: plain, pose, camera, picture, mask: masks[index] }, size);
      const { user, system } = process.cpuUsage(begin);
      const { width, height } = decodeTexture(mesh.texture ?? new Uint8Array());
      const kilobytes = (mesh.texture?.length ?? 0) / 1000;
      objects.push({ ...object, mesh });
      found[index].textured.push({
        size,
        decibels: NaN,
        seconds: (user + system) / 1e6,
        kilobytes,
        side: `${width} x ${height}`,
      });
    }
    textured = { ...scene, objects };
    for (const [index, { decibels }] of compare(drawUnlit(textured)).entries()) {
      Object.assign(found[index].textured.at(-1) ?? {}, { decibels });
    }
  }
  if (values.out !== undefined) {
    await mkdir(values.out, { recursive: true });
    const pictures = { picture, colored, textured: drawUnlit(textured) };
    for (const [kind, shown] of Object.entries(pictures))
      await writeFile(join(values.out, `${name}-${kind}.png`), await encodePng(shown));
    await writeFile(join(values.out, `${name}.glb`), await writeGlb(textured));
  }
  return found;
}

async function sceneOf(path: string, name: string): Promise<SceneDescription> {
  const kept = values.scenes === undefined ? undefined : join(values.scenes, `${name}.glb`);
  if (kept !== undefined && existsSync(kept)) return readGlb(await readFile(kept));
  const capture = existsSync(capturePath(path)) ? await readCapture(path) : {};
  const request = await toPipelineRequest({ picture: await readFile(path), ...capture });
  const pipeline = await createPipeline({ packDir: EMBEDDED_PACK });
  const scene = await pipeline.run({ ...request, options: { ...GENERATE_OPTIONS_DEFAULTS, textureSize: 0 } });
  await pipeline.dispose();
  if (kept !== undefined) {
    await mkdir(values.scenes ?? '', { recursive: true });
    await writeFile(kept, await writeGlb(scene));
  }
  return scene;
}

/** PSNR over the pixels of the mask where the scene shows the object: `ids` tells which it shows where. */
function similarity(picture: Picture, drawn: Picture, ids: Int32Array, index: number, mask: Mask) {
  let [pixels, error] = [0, 0];
  for (let i = 0; i < mask.data.length; i++) {
    if (mask.data[i] === 0 || ids[i] !== index) continue;
    pixels++;
    for (let k = 3 * i; k < 3 * i + 3; k++) error += (picture.data[k] - drawn.data[k]) ** 2;
  }
  return { pixels, decibels: 10 * Math.log10(255 ** 2 / (error / (3 * pixels))) };
}

function print(all: readonly Row[]): void {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const at = (i: number, read: (entry: Row['textured'][number]) => number) =>
    mean(all.map((row) => read(row.textured[i])));
  console.log(
    formatTable(all, [
      words('scene', ({ scene }) => scene),
      words('object', ({ object }) => object),
      numbers('pixels', ({ pixels }) => String(pixels)),
      numbers('coloured dB', ({ colored }) => colored.toFixed(1)),
      ...SIZES.map((size, i) => numbers(`${size}: dB`, ({ textured }: Row) => textured[i].decibels.toFixed(1))),
      ...SIZES.map((size, i) => numbers(`${size}: s`, ({ textured }: Row) => textured[i].seconds.toFixed(2))),
      ...SIZES.map((size, i) => numbers(`${size}: kB`, ({ textured }: Row) => textured[i].kilobytes.toFixed(0))),
      words('largest', ({ textured }) => textured.at(-1)?.side ?? ''),
    ]),
  );
  console.log(`mean of ${all.length}: coloured ${mean(all.map(({ colored }) => colored)).toFixed(2)} dB`);
  for (const [i, size] of SIZES.entries()) {
    const [decibels, seconds, kilobytes] = [
      at(i, (e) => e.decibels),
      at(i, (e) => e.seconds),
      at(i, (e) => e.kilobytes),
    ];
    console.log(
      `  ${size}: ${decibels.toFixed(2)} dB, ${seconds.toFixed(2)} s of CPU, ${kilobytes.toFixed(0)} kB an object`,
    );
  }
}
