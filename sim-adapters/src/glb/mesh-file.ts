/** Any GLB file as one mesh. */
import { type Node, type Primitive, Primitive as GltfPrimitive, WebIO } from '@gltf-transform/core';
import { type Mesh, SceneMakerError } from '@scenemaker/sdk';
import { linearToSrgb } from './colors.js';

type Matrix = ReturnType<Node['getWorldMatrix']>;

/**
 * All triangles of a GLB file's scene in the scene's frame (y up), with vertex colours times the material's
 * colour where the file has any. Textures are left out. Errors: bad-request.
 */
export async function readGlbMesh(bytes: Uint8Array): Promise<Mesh> {
  const document = await new WebIO().readBinary(bytes).catch((cause: unknown) => {
    throw new SceneMakerError('bad-request', 'the file is not binary glTF', { cause });
  });
  const root = document.getRoot();
  const scene = root.getDefaultScene() ?? root.listScenes()[0];
  const parts: Part[] = [];
  scene?.traverse((node) => {
    const matrix = node.getWorldMatrix();
    for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
      if (primitive.getMode() === GltfPrimitive.Mode['TRIANGLES']) parts.push(readPart(primitive, matrix));
    }
  });
  const mesh = join(parts);
  if (mesh.indices.length === 0) throw new SceneMakerError('bad-request', 'the file holds no triangles');
  return mesh;
}

interface Part {
  positions: Float32Array;
  indices: Uint32Array;
  colors: Uint8Array;
}

function readPart(primitive: Primitive, m: Matrix): Part {
  const accessor = primitive.getAttribute('POSITION');
  const count = accessor?.getCount() ?? 0;
  const positions = new Float32Array(3 * count);
  const colors = new Uint8Array(4 * count);
  const factor = primitive.getMaterial()?.getBaseColorFactor() ?? [1, 1, 1, 1];
  const colorOf = primitive.getAttribute('COLOR_0');
  const element: number[] = [];
  for (let i = 0; i < count; i++) {
    const [x, y, z] = accessor?.getElement(i, element) ?? [];
    for (let k = 0; k < 3; k++) positions[3 * i + k] = m[k] * x + m[4 + k] * y + m[8 + k] * z + m[12 + k];
    const [r = 1, g = 1, b = 1] = colorOf?.getElement(i, []) ?? [];
    colors.set([linearToSrgb(r * factor[0]), linearToSrgb(g * factor[1]), linearToSrgb(b * factor[2]), 255], 4 * i);
  }
  const indices = primitive.getIndices()?.getArray();
  return {
    positions,
    colors,
    indices: indices ? Uint32Array.from(indices) : Uint32Array.from({ length: count }, (_, i) => i),
  };
}

function join(parts: readonly Part[]): Mesh {
  const total = (length: (part: Part) => number): number => parts.reduce((sum, part) => sum + length(part), 0);
  const positions = new Float32Array(total((part) => part.positions.length));
  const colors = new Uint8Array(total((part) => part.colors.length));
  const indices = new Uint32Array(total((part) => part.indices.length));
  let [vertex, index] = [0, 0];
  for (const part of parts) {
    positions.set(part.positions, 3 * vertex);
    colors.set(part.colors, 4 * vertex);
    for (const value of part.indices) indices[index++] = value + vertex;
    vertex += part.positions.length / 3;
  }
  return { positions, indices, colors };
}
