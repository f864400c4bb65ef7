/** Scenes as the files of a format. */
import { type SceneDescription, SceneMakerError } from '@scenemaker/sdk';
import { checkScene } from './check.js';
import { writeGlb } from './glb.js';
import { writeMjcf } from './mjcf.js';
import { writeSdf } from './sdf.js';
import type { FileSet } from './shared/files.js';
import { writeUrdf } from './urdf.js';
import { writeUsda, writeUsdz } from './usd.js';

export const EXPORT_FORMATS = ['glb', 'mjcf', 'urdf', 'sdf', 'usda', 'usdz'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface Exporter {
  /** What is written, in a few words. */
  readonly summary: string;
  /** The scene is valid. The same scene gives the same files. Errors: bad-request. */
  write(scene: SceneDescription): FileSet | Promise<FileSet>;
}

/** Every format, each with how it is written: a new one does not compile until it stands here. */
export const EXPORTERS: Readonly<Record<ExportFormat, Exporter>> = {
  glb: {
    summary: 'binary glTF with physics, read back without loss',
    write: async (scene) => new Map([['scene.glb', await writeGlb(scene)]]),
  },
  mjcf: { summary: 'MuJoCo: scene.xml with meshes and textures', write: writeMjcf },
  urdf: { summary: 'ROS, PyBullet, Drake: scene.urdf and one file an object', write: writeUrdf },
  sdf: { summary: 'Gazebo, Drake: scene.sdf, a world', write: writeSdf },
  usda: { summary: 'USD with rigid bodies: scene.usda, text, with textures', write: writeUsda },
  usdz: { summary: 'the same in one file', write: (scene) => new Map([['scene.usdz', writeUsdz(scene)]]) },
};

/**
 * The files of a scene in a format: relative paths to contents.
 *
 * Errors: bad-request for an unknown format, for what is no valid scene, and, but for GLB, for a scene that
 * physics has not run on.
 */
export async function exportScene(scene: SceneDescription, format: ExportFormat): Promise<FileSet> {
  if (!isExportFormat(format)) {
    throw new SceneMakerError(
      'bad-request',
      `there is no format ${String(format)}; there are ${EXPORT_FORMATS.join(', ')}`,
      {
        given: format,
        allowed: EXPORT_FORMATS,
      },
    );
  }
  checkScene(scene);
  return EXPORTERS[format].write(scene);
}

export const isExportFormat = (text: string): text is ExportFormat =>
  (EXPORT_FORMATS as readonly string[]).includes(text);
