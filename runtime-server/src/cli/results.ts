/** The files that a generated scene is handed over in. */
import type { SceneDescription } from '@scenemaker/sdk';
import { writeGlb } from '@scenemaker/sim-adapters';
import {
  decodePng,
  drawDeocclusion,
  drawDepth,
  drawOverlay,
  drawOverview,
  encodeJpeg,
  encodePng,
  orbitCamera,
  renderScene,
  scaleCamera,
  shrinkPicture,
} from '../pictures/index.js';
import type { Picture } from '../stages/stage.js';
import type { MadeScene } from './make-scene.js';
import type { OutputFolder } from './output-folder.js';

/** Each file with what it shows. */
export const RESULT_FILES = {
  'overview.jpg': 'the picture, what was found, and the scene from both sides',
  'scene.glb': 'the settled scene, with physics',
  'report.json': 'objects, physics and times in numbers',
  'input-masks.png': 'the picture with what was found in it',
  'depth.png': 'the depth map',
  'deocclusion.png': 'each object before and after de-occlusion',
  'scene-camera.png': 'the scene from where the picture was taken',
  'scene-side.png': 'the scene from another side',
} as const;

export type ResultFile = keyof typeof RESULT_FILES;
export const RESULT_NAMES = Object.keys(RESULT_FILES) as ResultFile[];

/** Those that show what only previews tell. */
export const DRAWN_FROM_PREVIEWS: readonly ResultFile[] = [
  'overview.jpg',
  'input-masks.png',
  'depth.png',
  'deocclusion.png',
];

/** Longest side of the pictures, pixels. */
const OVERLAY_SIDE = 1600;
const SCENE_SIDE = 1024;
const OVERVIEW_HEIGHT = 360;

export interface ResultsInput {
  made: MadeScene;
  /** The picture as it was given, upright. */
  picture: Picture;
  /** What stands in the report beside the scene: the picture's name, seconds by step. */
  about: Record<string, unknown>;
  /** Which files to write. */
  files: readonly ResultFile[];
}

/** Writes the results but leaves it to the caller to commit them. */
export async function writeResults(folder: OutputFolder, { made, picture, about, files }: ResultsInput): Promise<void> {
  const { scene } = made;
  const [camera] = scene.cameras;
  const input = await shrinkPicture(picture, OVERLAY_SIDE);
  const masks = drawOverlay(input, overlayItems(made));
  const front = once(() => renderScene(scene, scaleCamera(camera, SCENE_SIDE / Math.max(camera.width, camera.height))));
  const side = once(() => renderScene(scene, orbitCamera(scene)));
  const make: Record<ResultFile, () => Promise<Uint8Array | string>> = {
    'overview.jpg': async () => encodeJpeg(await drawOverview([input, masks, front(), side()], OVERVIEW_HEIGHT)),
    'scene.glb': () => writeGlb(scene),
    'report.json': async () => `${JSON.stringify({ ...about, ...report(made) }, null, 2)}\n`,
    'input-masks.png': () => encodePng(masks),
    'depth.png': () => encodePng(drawDepthOf(made, picture)),
    'deocclusion.png': async () => encodePng(drawDeocclusion(await deocclusionItems(made))),
    'scene-camera.png': () => encodePng(front()),
    'scene-side.png': () => encodePng(side()),
  };
  for (const name of files) await folder.write(name, await make[name]());
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const nameOf = (label: string, index: number): string => `${index + 1} ${label}`;

/** The scene's objects; where there are none, what was found but could not be made. */
function overlayItems({ scene, segments = [] }: MadeScene) {
  const found = scene.objects.length > 0 ? scene.objects : segments;
  return found.map(({ mask, label }, index) => ({ mask, label: nameOf(label, index) }));
}

function drawDepthOf({ depth }: MadeScene, { width, height }: Picture): Picture {
  if (depth) return drawDepth({ width: depth.width, height: depth.height, data: depth.depth });
  const scale = Math.min(1, OVERLAY_SIDE / Math.max(width, height));
  const size = { width: Math.ceil(width * scale), height: Math.ceil(height * scale) };
  return drawDepth({ ...size, data: new Float32Array(size.width * size.height).fill(NaN) });
}

async function deocclusionItems({ scene, deocclusions }: MadeScene) {
  const items = scene.objects.map(async ({ id, label }, index) => {
    const preview = deocclusions.find(({ objectId }) => objectId === id);
    if (!preview) return null;
    const [before, after] = await Promise.all([decodePng(preview.before), decodePng(preview.after)]);
    return { label: nameOf(label, index), index, before, after };
  });
  return (await Promise.all(items)).filter((item) => item !== null);
}

/** The description in numbers that can be read: meshes and masks are left to the GLB. */
function report({ scene, babylon, warnings }: MadeScene): Record<string, unknown> {
  const { cameras, scale, ground, objects, physics, provenance } = scene;
  return {
    provenance,
    scale,
    cameras,
    ground,
    objects: objects.map(describeObject),
    physics: physics ?? null,
    babylon: babylon ?? null,
    warnings,
  };
}

function describeObject({ mesh, mask, colliders, ...object }: SceneDescription['objects'][number]) {
  const kinds: Record<string, number> = {};
  for (const { kind } of colliders) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return {
    ...object,
    maskPixels: mask.runs.filter((_, index) => index % 2 === 1).reduce((sum, run) => sum + run, 0),
    mesh: { vertices: mesh.positions.length / 3, triangles: mesh.indices.length / 3 },
    colliders: kinds,
  };
}
