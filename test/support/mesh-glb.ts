/** A mesh as the smallest GLB file that holds it. */
import type { Mesh } from '@scenemaker/sdk';

export interface MeshGlbOptions {
  /** Of the one node. */
  translation?: readonly number[];
  scale?: readonly number[];
  /** Linear, 0 to 1, of every vertex. */
  color?: readonly [number, number, number];
}

export function meshGlb({ positions, indices }: Mesh, { color, ...node }: MeshGlbOptions = {}): Uint8Array {
  const count = positions.length / 3;
  const colors = Float32Array.from({ length: color ? 3 * count : 0 }, (_, i) => color?.[i % 3] ?? 0);
  const parts = [positions, indices, colors].map((array) => new Uint8Array(array.buffer.slice(0)));
  const starts = [0, parts[0].length, parts[0].length + parts[1].length];
  const document = {
    asset: { version: '2.0' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0, ...node }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0, ...(color && { COLOR_0: 2 }) }, indices: 1 }] }],
    accessors: [
      { bufferView: 0, componentType: 5126, count, type: 'VEC3', min: [-9, -9, -9], max: [9, 9, 9] },
      { bufferView: 1, componentType: 5125, count: indices.length, type: 'SCALAR' },
      ...(color ? [{ bufferView: 2, componentType: 5126, count, type: 'VEC3' }] : []),
    ],
    bufferViews: parts
      .map((part, i) => ({ buffer: 0, byteOffset: starts[i], byteLength: part.length }))
      .filter(({ byteLength }) => byteLength > 0),
    buffers: [{ byteLength: parts.reduce((sum, part) => sum + part.length, 0) }],
  };
  const text = Buffer.from(JSON.stringify(document));
  const json = Buffer.concat([text, Buffer.alloc((4 - (text.length % 4)) % 4, ' ')]);
  const binary = Buffer.concat(parts);
  const chunk = (type: string, data: Buffer): Buffer => {
    const header = Buffer.alloc(8);
    header.writeUInt32LE(data.length, 0);
    header.write(type, 4, 'latin1');
    return Buffer.concat([header, data]);
  };
  const body = Buffer.concat([chunk('JSON', json), chunk('BIN\0', binary)]);
  const header = Buffer.alloc(12);
  header.write('glTF', 0, 'latin1');
  header.writeUInt32LE(2, 4);
  header.writeUInt32LE(12 + body.length, 8);
  return new Uint8Array(Buffer.concat([header, body]));
}
