/** Meshes that are seen, and colliders that are felt. */
import { type Collider, type Mesh, meshBounds, quat, type Quat, type Vec3, vec3 } from '@scenemaker/sdk';
import type { ExportBody } from '../shared/bodies.js';
import { METER_DECIMALS } from '../shared/obj.js';
import { TEXEL_DECIMALS, textureOf } from '../shared/texture.js';
import { number } from '../shared/xml.js';
import type { FileSetBuilder } from '../shared/files.js';
import { bindPhysics, linearColor } from './materials.js';
import { attribute, integers, type Prim, primvar, token, tuple, tuples, type Written, wxyz } from './text.js';

/** sRGB, for a mesh without colours. */
export const PLAIN_COLOR = [190, 190, 190] as const;

const NORMAL_DECIMALS = 6;

/** A prim's place in its parent: moved, turned and, for unit shapes, scaled. */
export function placed(translation: Vec3, rotation?: Quat, scale?: Vec3): Written[] {
  const steps = [
    ['double3', 'xformOp:translate', tuple(translation)],
    ...(rotation ? [['quatd', 'xformOp:orient', wxyz(rotation)] as const] : []),
    ...(scale ? [['double3', 'xformOp:scale', tuple(scale)] as const] : []),
  ] as const;
  const order = steps.map(([, name]) => `"${name}"`).join(', ');
  return [
    ...steps.map(([type, name, value]) => attribute(type, name, value)),
    attribute('uniform token[]', 'xformOpOrder', `[${order}]`),
  ];
}

/** A body's triangles; `texture` is the file of its colours, where it has some. */
export function meshShape(
  { name, mesh, canonical }: ExportBody,
  files: FileSetBuilder,
): { properties: Written[]; texture: string | null } {
  const look = textureOf(canonical);
  const properties = [
    ...triangles(mesh),
    ...(mesh.normals ? [primvar('normal3f[]', 'normals', 'vertex', tuples(mesh.normals, 3, NORMAL_DECIMALS))] : []),
    primvar('color3f[]', 'primvars:displayColor', 'constant', `[${linearColor(meanColor(mesh))}]`),
  ];
  if (!look) return { properties, texture: null };
  const coordinates = tuples(look.coordinates, 2, TEXEL_DECIMALS);
  const of = look.of === 'vertex' ? 'vertex' : 'faceVarying';
  properties.push(primvar('texCoord2f[]', 'primvars:st', of, coordinates));
  return { properties, texture: files.share(`textures/${name}.png`, look.png) };
}

/** Points and triangles, which no one is to smooth. */
export function triangles(mesh: Mesh): Written[] {
  const { min, max } = meshBounds(mesh);
  return [
    attribute('float3[]', 'extent', `[${tuple(min)}, ${tuple(max)}]`),
    attribute('int[]', 'faceVertexCounts', integers(new Uint8Array(mesh.indices.length / 3).fill(3))),
    attribute('int[]', 'faceVertexIndices', integers(mesh.indices)),
    attribute('point3f[]', 'points', tuples(mesh.positions, 3, METER_DECIMALS)),
    token('subdivisionScheme', 'none'),
  ];
}

/** sRGB. */
function meanColor({ colors }: Mesh): number[] {
  if (!colors) return [...PLAIN_COLOR];
  return [0, 1, 2].map((channel) => {
    let sum = 0;
    for (let i = channel; i < colors.length; i += 4) sum += colors[i];
    return (4 * sum) / colors.length;
  });
}

/** Felt, not drawn. `material` is the path of its physics material. */
export function colliderPrim(name: string, collider: Collider, material: string): Prim {
  const { type, properties } = colliderShape(collider);
  const convex = collider.kind === 'hull';
  return {
    type,
    name,
    apis: ['PhysicsCollisionAPI', ...(convex ? ['PhysicsMeshCollisionAPI'] : []), 'MaterialBindingAPI'],
    properties: [
      ...properties,
      ...(convex ? [token('physics:approximation', 'convexHull')] : []),
      token('purpose', 'guide'),
      bindPhysics(material),
    ],
  };
}

function colliderShape(collider: Collider): { type: string; properties: Written[] } {
  switch (collider.kind) {
    case 'box':
      return {
        type: 'Cube',
        properties: [
          attribute('float3[]', 'extent', '[(-0.5, -0.5, -0.5), (0.5, 0.5, 0.5)]'),
          attribute('double', 'size', '1'),
          ...placed(collider.center, collider.rotation, vec3.scale(collider.halfExtents, 2)),
        ],
      };
    case 'sphere': {
      const { radius, center } = collider;
      return {
        type: 'Sphere',
        properties: [
          extent([radius, radius, radius]),
          attribute('double', 'radius', number(radius)),
          ...placed(center),
        ],
      };
    }
    case 'cylinder':
    case 'capsule': {
      const { radius, halfHeight, center, rotation } = collider;
      const capsule = collider.kind === 'capsule';
      return {
        type: capsule ? 'Capsule' : 'Cylinder',
        properties: [
          token('axis', 'Y'),
          extent([radius, capsule ? halfHeight + radius : halfHeight, radius]),
          attribute('double', 'height', number(2 * halfHeight)),
          attribute('double', 'radius', number(radius)),
          ...placed(center, rotation),
        ],
      };
    }
    case 'hull':
      return { type: 'Mesh', properties: [...triangles(collider), ...placed(vec3.ZERO, quat.IDENTITY)] };
  }
}

const extent = (half: Vec3): Written =>
  attribute('float3[]', 'extent', `[${tuple(vec3.scale(half, -1))}, ${tuple(half)}]`);
