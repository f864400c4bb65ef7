/** Settling and export. */
import havokUrl from '@babylonjs/havok/lib/esm/HavokPhysics.wasm?url';
import { type SceneDescription, SceneMakerError, toWireError } from '@scenemaker/sdk';
import { createHavokEngine, type PhysicsEngine, settleScene } from '@scenemaker/sdk/physics';
import type { Answer, Ask, ExportedFile, Tasks } from './messages.js';

let engine: Promise<PhysicsEngine> | undefined;

addEventListener('message', ({ data }: MessageEvent<Ask>) => {
  perform(data).then(
    (output) => postMessage({ id: data.id, output } satisfies Answer),
    (thrown: unknown) =>
      postMessage({ id: data.id, error: toWireError(SceneMakerError.from(thrown)) } satisfies Answer),
  );
});

async function perform({ task, input }: Ask): Promise<SceneDescription | ExportedFile> {
  switch (task) {
    case 'settle':
      engine ??= createHavokEngine({ wasmUrl: new URL(havokUrl, import.meta.url).href });
      return settleScene(input as Tasks['settle']['input'], { engine: await engine });
    case 'export':
      return exportOne(input as Tasks['export']['input']);
  }
}

const TYPES: Record<string, string> = { glb: 'model/gltf-binary', usdz: 'model/vnd.usdz+zip' };

async function exportOne({ scene, format }: Tasks['export']['input']): Promise<ExportedFile> {
  const [{ exportScene }, { zipSync }] = await Promise.all([import('@scenemaker/sim-adapters'), import('fflate')]);
  const files = await exportScene(scene, format);
  const [first, ...others] = files;
  if (first !== undefined && others.length === 0) {
    const [name, bytes] = first;
    return { name, bytes: new Uint8Array(bytes), type: TYPES[format] ?? 'application/octet-stream' };
  }
  const packed = zipSync(Object.fromEntries(files));
  return { name: `scene-${format}.zip`, bytes: new Uint8Array(packed), type: 'application/zip' };
}
