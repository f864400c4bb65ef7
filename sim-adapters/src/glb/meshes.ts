/** Meshes to glTF primitives and back, bit for bit. */
import {
  type Accessor,
  type Buffer,
  type Document,
  type Material,
  type Mesh as GltfMesh,
  TextureInfo,
} from '@gltf-transform/core';
import type { Mesh } from '@scenemaker/sdk';
import { linearToSrgb, toLinear16 } from './colors.js';

/** Colours that are drawn; glTF multiplies a texture by them. */
const COLORS = 'COLOR_0';
/** Colours of a mesh whose texture is drawn instead: an attribute of ours, which others pass over. */
const SPARE_COLORS = '_COLOR';

export function createMesh(
  document: Document,
  buffer: Buffer,
  name: string,
  mesh: Mesh,
  material: Material | null,
): GltfMesh {
  const accessor = (
    type: 'VEC2' | 'VEC3' | 'VEC4' | 'SCALAR',
    array: Float32Array | Uint16Array | Uint32Array,
  ): Accessor => document.createAccessor().setType(type).setArray(array.slice()).setBuffer(buffer);
  const primitive = document
    .createPrimitive()
    .setMaterial(material)
    .setIndices(accessor('SCALAR', mesh.indices))
    .setAttribute('POSITION', accessor('VEC3', mesh.positions));
  if (mesh.normals) primitive.setAttribute('NORMAL', accessor('VEC3', mesh.normals));
  if (mesh.colors) {
    const colors = accessor('VEC4', toLinear16(mesh.colors)).setNormalized(true);
    primitive.setAttribute(mesh.texture ? SPARE_COLORS : COLORS, colors);
  }
  if (mesh.texture && mesh.uvs) {
    primitive.setAttribute('TEXCOORD_0', accessor('VEC2', mesh.uvs));
    primitive.setMaterial(texturedMaterial(document, name, mesh.texture, material));
  }
  return document.createMesh(name).addPrimitive(primitive);
}

/** `plain` with a texture; it is never repeated, since all of it is on the mesh. */
function texturedMaterial(document: Document, name: string, png: Uint8Array, plain: Material | null): Material {
  const material = plain ? plain.clone() : document.createMaterial();
  material
    .setName(name)
    .setBaseColorTexture(document.createTexture(name).setMimeType('image/png').setImage(png.slice()));
  material
    .getBaseColorTextureInfo()
    ?.setWrapS(TextureInfo.WrapMode['CLAMP_TO_EDGE'])
    .setWrapT(TextureInfo.WrapMode['CLAMP_TO_EDGE']);
  return material;
}

/** The first primitive of a mesh, or null where it holds no triangles. */
export function readMesh(gltfMesh: GltfMesh): Mesh | null {
  const primitive = gltfMesh.listPrimitives()[0];
  const positions = primitive?.getAttribute('POSITION');
  const indices = primitive?.getIndices();
  if (!primitive || !positions || !indices) return null;
  const normals = primitive.getAttribute('NORMAL');
  const colors = primitive.getAttribute(COLORS) ?? primitive.getAttribute(SPARE_COLORS);
  const uvs = primitive.getAttribute('TEXCOORD_0');
  const texture = primitive.getMaterial()?.getBaseColorTexture()?.getImage();
  return {
    positions: readFloats(positions),
    indices: Uint32Array.from(indices.getArray() ?? []),
    ...(normals && { normals: readFloats(normals) }),
    ...(colors && { colors: readColors(colors) }),
    // One without the other is refused by the description's schema.
    ...(uvs && { uvs: readFloats(uvs) }),
    ...(texture && { texture: texture.slice() }),
  };
}

function readFloats(accessor: Accessor): Float32Array {
  const array = accessor.getArray();
  if (array instanceof Float32Array) return array.slice();
  const values = new Float32Array(accessor.getCount() * accessor.getElementSize());
  const element: number[] = [];
  for (let i = 0; i < accessor.getCount(); i++)
    values.set(accessor.getElement(i, element), i * accessor.getElementSize());
  return values;
}

function readColors(accessor: Accessor): Uint8Array {
  const colors = new Uint8Array(4 * accessor.getCount());
  const element: number[] = [];
  for (let i = 0; i < accessor.getCount(); i++) {
    const [r = 1, g = 1, b = 1, a = 1] = accessor.getElement(i, element);
    colors.set([linearToSrgb(r), linearToSrgb(g), linearToSrgb(b), Math.round(255 * a)], 4 * i);
  }
  return colors;
}
