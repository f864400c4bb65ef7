/**
 * Meshes as Wavefront OBJ, which every simulator reads. Colours go into a texture beside the file.
 *
 * Coordinates are those of the mesh: the frame and the unit, metres, are the body's.
 *
 *   meshes/NAME.obj            visual mesh, with NAME.mtl and its texture NAME.png
 *   meshes/NAME_hull_1.obj     convex pieces of the collider
 */
import { type Collider, type Mesh, smoothNormals } from '@scenemaker/sdk';
import type { ExportBody, ExportScene } from './bodies.js';
import { createFileSet, type FileSet, type FileSetBuilder } from './files.js';
import { TextBuffer } from './text-buffer.js';
import { TEXEL_DECIMALS, textureOf } from './texture.js';

/** Decimals of a coordinate in metres: a tenth of a micrometre. */
export const METER_DECIMALS = 7;
const NORMAL_DECIMALS = 4;
const FOLDER = 'meshes';
/** About as long as the lines of a corner of a triangle become. */
const BYTES_PER_CORNER = 48;

/** Material of meshes without colours: light grey. */
export const PLAIN_COLOR = [0.7, 0.7, 0.7] as const;

export interface VisualFiles {
  mesh: string;
  /** Absent for a mesh without colours. */
  texture?: string;
}

/** The meshes of a scene, each written once, however many bodies share it. */
export interface SceneMeshes {
  files: FileSet;
  visualOf(body: ExportBody): VisualFiles;
  /** The path of a hull's mesh. */
  hullOf(hull: Collider & { kind: 'hull' }): string;
}

export function writeMeshes({ bodies }: ExportScene): SceneMeshes {
  const files = createFileSet();
  const visuals = new Map<ExportBody, VisualFiles>();
  const hulls = new Map<Collider, string>();
  for (const body of bodies) {
    visuals.set(body, addVisual(files, body));
    for (const [index, collider] of body.colliders.entries()) {
      if (collider.kind !== 'hull') continue;
      hulls.set(collider, addHull(files, `${FOLDER}/${body.name}_hull_${index + 1}.obj`, collider));
    }
  }
  return {
    files: files.build(),
    visualOf: (body) => expectWritten(visuals.get(body)),
    hullOf: (hull) => expectWritten(hulls.get(hull)),
  };
}

function expectWritten<T>(file: T | undefined): T {
  if (file === undefined) throw new Error('A mesh of another scene was asked for.');
  return file;
}

/** Mesh, material and texture, or the files of a body that looks the same. */
function addVisual(files: FileSetBuilder, { name, mesh, canonical }: ExportBody): VisualFiles {
  const look = textureOf(canonical);
  const texture = look && files.share(`${FOLDER}/${name}.png`, look.png);
  const color = texture === null ? `Kd ${PLAIN_COLOR.join(' ')}` : `Kd 1 1 1\nmap_Kd ${baseName(texture)}`;
  const material = files.share(`${FOLDER}/${name}.mtl`, `newmtl surface\nKa 0 0 0\n${color}\nKs 0 0 0\nillum 1\n`);
  const out = new TextBuffer(BYTES_PER_CORNER * mesh.indices.length).text(
    `mtllib ${baseName(material)}\nusemtl surface\n`,
  );
  writeTriples(out, 'v', mesh.positions, METER_DECIMALS);
  // Drake draws nothing without normals.
  writeTriples(out, 'vn', mesh.normals ?? smoothNormals(mesh), NORMAL_DECIMALS);
  if (look) {
    const { coordinates } = look;
    for (let i = 0; i < coordinates.length; i += 2) {
      out
        .text('vt ')
        .decimal(coordinates[i], TEXEL_DECIMALS)
        .text(' ')
        .decimal(coordinates[i + 1], TEXEL_DECIMALS)
        .text('\n');
    }
  }
  const { indices } = mesh;
  for (let i = 0; i < indices.length; i++) {
    const vertex = indices[i] + 1;
    out
      .text(i % 3 === 0 ? 'f ' : ' ')
      .integer(vertex)
      .text('/');
    if (look) out.integer(look.of === 'vertex' ? vertex : i + 1);
    out.text('/').integer(vertex);
    if (i % 3 === 2) out.text('\n');
  }
  return { mesh: files.share(`${FOLDER}/${name}.obj`, out.toBytes()), ...(texture !== null && { texture }) };
}

/** A collider's mesh, or the same one. */
function addHull(files: FileSetBuilder, path: string, { positions, indices }: Mesh): string {
  const out = new TextBuffer();
  writeTriples(out, 'v', positions, METER_DECIMALS);
  for (let i = 0; i < indices.length; i += 3) {
    out.text('f');
    for (let k = 0; k < 3; k++) out.text(' ').integer(indices[i + k] + 1);
    out.text('\n');
  }
  return files.share(path, out.toBytes());
}

function writeTriples(out: TextBuffer, key: string, values: Float32Array, decimals: number): void {
  for (let i = 0; i < values.length; i += 3) {
    out.text(key);
    for (let k = 0; k < 3; k++) out.text(' ').decimal(values[i + k], decimals);
    out.text('\n');
  }
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
