/** Looks and physics materials, each written once. Source: OpenUSD, UsdPreviewSurface specification. */
import { srgbToLinear } from '../glb/colors.js';
import { number } from '../shared/xml.js';
import { attribute, type Prim, quoted, relationship, token, tuple, type Written } from './text.js';

const SCOPE = '/World/Materials';

export interface Materials {
  /** The path of a look with a texture file, or with one sRGB colour, 0 to 255. */
  look(surface: string | readonly number[]): string;
  /** The path of a material with this friction and restitution. */
  physics(friction: number, restitution: number): string;
  /** The scope that holds them all. */
  prim(): Prim;
}

export function createMaterials(): Materials {
  const prims = new Map<string, Prim>();
  const share = (key: string, prefix: string, create: (name: string) => Prim): string => {
    const count = Array.from(prims.values()).filter(({ name }) => name.startsWith(prefix)).length;
    const prim = prims.get(key) ?? create(`${prefix}_${count + 1}`);
    prims.set(key, prim);
    return `${SCOPE}/${prim.name}`;
  };
  return {
    look: (surface) => share(`look ${String(surface)}`, 'look', (name) => lookPrim(name, surface)),
    physics: (friction, restitution) =>
      share(`physics ${friction} ${restitution}`, 'physics', (name) => physicsPrim(name, friction, restitution)),
    prim: () => ({ type: 'Scope', name: 'Materials', children: Array.from(prims.values()) }),
  };
}

/** sRGB bytes to a linear colour. */
export const linearColor = (color: ArrayLike<number>): string => tuple(Array.from(color, srgbToLinear));

function lookPrim(name: string, surface: string | readonly number[]): Prim {
  const path = `${SCOPE}/${name}`;
  const textured = typeof surface === 'string';
  const diffuse = textured
    ? attribute('color3f', 'inputs:diffuseColor.connect', `<${path}/texture.outputs:rgb>`)
    : attribute('color3f', 'inputs:diffuseColor', linearColor(surface));
  return {
    type: 'Material',
    name,
    properties: [attribute('token', 'outputs:surface.connect', `<${path}/surface.outputs:surface>`)],
    children: [
      shader('surface', 'UsdPreviewSurface', [
        diffuse,
        attribute('float', 'inputs:metallic', '0'),
        attribute('float', 'inputs:roughness', '0.8'),
        'token outputs:surface',
      ]),
      ...(textured ? textureShaders(path, surface) : []),
    ],
  };
}

function textureShaders(path: string, file: string): Prim[] {
  return [
    shader('texture', 'UsdUVTexture', [
      attribute('asset', 'inputs:file', `@${file}@`),
      attribute('token', 'inputs:sourceColorSpace', quoted('sRGB')),
      attribute('float2', 'inputs:st.connect', `<${path}/coordinates.outputs:result>`),
      attribute('token', 'inputs:wrapS', quoted('clamp')),
      attribute('token', 'inputs:wrapT', quoted('clamp')),
      'float3 outputs:rgb',
    ]),
    shader('coordinates', 'UsdPrimvarReader_float2', [
      attribute('string', 'inputs:varname', quoted('st')),
      'float2 outputs:result',
    ]),
  ];
}

const shader = (name: string, id: string, properties: readonly Written[]): Prim => ({
  type: 'Shader',
  name,
  properties: [token('info:id', id), ...properties],
});

const physicsPrim = (name: string, friction: number, restitution: number): Prim => ({
  type: 'Material',
  name,
  apis: ['PhysicsMaterialAPI'],
  properties: [
    attribute('float', 'physics:dynamicFriction', number(friction)),
    attribute('float', 'physics:restitution', number(restitution)),
    attribute('float', 'physics:staticFriction', number(friction)),
  ],
});

/** What binds a prim to a look, or to a physics material. */
export const bindLook = (path: string): string => relationship('material:binding', path);
export const bindPhysics = (path: string): string => relationship('material:binding:physics', path);
