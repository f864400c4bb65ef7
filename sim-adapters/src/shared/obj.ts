/**
 * Meshes as Wavefront OBJ, which every simulator reads. Colours go into a texture beside the file.
 *
 * Coordinates are those of the mesh: the frame and the unit, metres, are the body's.
 */
import { type Mesh, smoothNormals } from '@scenemaker/sdk';
import type { FileSetBuilder } from './files.js';
import { bakeColors, encodeTexture, texelCenter } from './texture.js';

/** Decimals of a coordinate: a tenth of a micrometre. */
const SCALE = 1e7;
/** Decimals of a normal. */
const NORMAL_SCALE = 1e4;

/** Material of meshes without colours: light grey. */
export const PLAIN_COLOR = [0.7, 0.7, 0.7] as const;

export interface VisualFiles {
  mesh: string;
  /** Absent for a mesh without colours. */
  texture?: string;
}

/** Writes `FOLDER/NAME.obj`, `.mtl` and `.png`, or gives the files of a body that looks the same. */
export function addVisual(files: FileSetBuilder, folder: string, name: string, mesh: Mesh): VisualFiles {
  const baked = bakeColors(mesh);
  const texture = baked && files.share(`${folder}/${name}.png`, encodeTexture(baked));
  const color = texture === null ? `Kd ${PLAIN_COLOR.join(' ')}` : `Kd 1 1 1\nmap_Kd ${baseName(texture)}`;
  const material = files.share(`${folder}/${name}.mtl`, `newmtl surface\nKa 0 0 0\n${color}\nKs 0 0 0\nillum 1\n`);
  const lines = [`mtllib ${baseName(material)}`, 'usemtl surface'];
  pushTriples(lines, 'v', mesh.positions, SCALE);
  // Drake draws nothing without normals.
  pushTriples(lines, 'vn', mesh.normals ?? smoothNormals(mesh), NORMAL_SCALE);
  if (baked) {
    const columns = Array.from({ length: baked.width }, (_, x) => texelCenter(x, baked.width));
    const rows = Array.from({ length: baked.height }, (_, y) => texelCenter(y, baked.height));
    const { texels } = baked;
    for (let i = 0; i < texels.length; i += 2) lines.push(`vt ${columns[texels[i]]} ${rows[texels[i + 1]]}`);
  }
  const { indices } = mesh;
  const corner = (i: number): string => `${indices[i] + 1}/${baked ? i + 1 : ''}/${indices[i] + 1}`;
  for (let i = 0; i < indices.length; i += 3) lines.push(`f ${corner(i)} ${corner(i + 1)} ${corner(i + 2)}`);
  lines.push('');
  return { mesh: files.share(`${folder}/${name}.obj`, lines.join('\n')), ...(texture !== null && { texture }) };
}

/** Writes a collider's mesh, or gives the path of the same one. */
export function addHull(files: FileSetBuilder, path: string, { positions, indices }: Mesh): string {
  const lines: string[] = [];
  pushTriples(lines, 'v', positions, SCALE);
  for (let i = 0; i < indices.length; i += 3) {
    lines.push(`f ${indices[i] + 1} ${indices[i + 1] + 1} ${indices[i + 2] + 1}`);
  }
  lines.push('');
  return files.share(path, lines.join('\n'));
}

function pushTriples(lines: string[], key: string, values: Float32Array, scale: number): void {
  // Adding 0 turns -0 into 0.
  const round = (value: number): number => Math.round(value * scale) / scale + 0;
  for (let i = 0; i < values.length; i += 3) {
    lines.push(`${key} ${round(values[i])} ${round(values[i + 1])} ${round(values[i + 2])}`);
  }
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
