/** Scenes as the files of a format. */
import { type SceneDescription, SceneMakerError } from '@scenemaker/sdk';
import { checkScene } from './check.js';
import { writeCheckedGlb } from './glb.js';
import { writeMjcf } from './mjcf.js';
import { writeSdf } from './sdf.js';
import { type ExportScene, toExportScene } from './shared/bodies.js';
import type { FileSet } from './shared/files.js';
import { type SceneMeshes, writeMeshes } from './shared/obj.js';
import { writeUrdf } from './urdf.js';
import { packUsda, writeUsda } from './usd.js';

export const EXPORT_FORMATS = ['glb', 'mjcf', 'urdf', 'sdf', 'usda', 'usdz'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What is written, in a few words. */
export const EXPORT_SUMMARIES: Readonly<Record<ExportFormat, string>> = {
  glb: 'binary glTF with physics, read back without loss',
  mjcf: 'MuJoCo: scene.xml with meshes and textures',
  urdf: 'ROS, PyBullet, Drake: scene.urdf and one file an object',
  sdf: 'Gazebo, Drake: scene.sdf, a world',
  usda: 'USD with rigid bodies: scene.usda, text, with textures',
  usdz: 'the same in one file',
};

/** What formats share of a valid scene; each is made when it is first asked for. Errors: bad-request. */
interface Parts {
  readonly source: SceneDescription;
  /** With z up, and its meshes. */
  readonly upright: () => [ExportScene, SceneMeshes];
  readonly usda: () => FileSet;
}

const WRITERS: Readonly<Record<ExportFormat, (parts: Parts) => FileSet | Promise<FileSet>>> = {
  glb: async ({ source }) => new Map([['scene.glb', await writeCheckedGlb(source)]]),
  mjcf: ({ upright }) => writeMjcf(...upright()),
  urdf: ({ upright }) => writeUrdf(...upright()),
  sdf: ({ upright }) => writeSdf(...upright()),
  usda: ({ usda }) => usda(),
  usdz: ({ usda }) => new Map([['scene.usdz', packUsda(usda())]]),
};

/**
 * The files of a scene in a format: relative paths to contents. The same scene gives the same files.
 *
 * Errors: bad-request for an unknown format, for what is no valid scene, and, but for GLB, for a scene that
 * physics has not run on.
 */
export async function exportScene(scene: SceneDescription, format: ExportFormat): Promise<FileSet> {
  const { value } = await exportFormats(scene, [format]).next();
  return value?.[1] ?? new Map();
}

/** A scene in one format after the other: what they share is made once. Errors: as for `exportScene`. */
export async function* exportFormats(
  scene: SceneDescription,
  formats: readonly ExportFormat[],
): AsyncGenerator<[ExportFormat, FileSet], undefined> {
  const unknown = formats.find((format) => !isExportFormat(format));
  if (unknown !== undefined) {
    throw new SceneMakerError(
      'bad-request',
      `there is no format ${String(unknown)}; there are ${EXPORT_FORMATS.join(', ')}`,
      { given: unknown, allowed: EXPORT_FORMATS },
    );
  }
  checkScene(scene);
  const parts = createParts(scene);
  for (const format of formats) yield [format, await WRITERS[format](parts)];
}

function createParts(source: SceneDescription): Parts {
  return {
    source,
    upright: once(() => {
      const scene = toExportScene(source, { up: 'z' });
      return [scene, writeMeshes(scene)];
    }),
    usda: once(() => writeUsda(toExportScene(source, { up: 'y', hyphens: false }))),
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

export const isExportFormat = (text: string): text is ExportFormat =>
  (EXPORT_FORMATS as readonly string[]).includes(text);
