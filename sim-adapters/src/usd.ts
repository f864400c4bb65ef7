/**
 * Scenes as USD with rigid bodies (UsdPhysics): one text layer with its textures, or all in one USDZ package.
 *
 *   SceneDescription                             USD
 *   world: right-handed, y up, metres            the same world and units
 *   quaternions xyzw                             wxyz
 *
 *   camera: x right, y down, z forward           camera: x right, y up, looks along -z
 *          z                                          y
 *         /                                           |
 *        o-- x                                        o-- x
 *        |                                           /
 *        y                                          z
 *
 *   /World                     customData: the physics report
 *     physics                  gravity
 *     Materials/...            looks and physics materials
 *     ground                   square; a fixed box below it
 *     Objects/NAME             rigid body: mass, centre of mass, inertia; customData: id, label, its report
 *       visual                 mesh in metres
 *       collision/piece_1 ...  boxes, balls, cylinders, capsules, convex hulls; not drawn
 *     camera_1 ...
 *     light
 *
 * Source: OpenUSD, UsdPhysics schema: `physics:diagonalInertia` is about the centre of mass, along the axes that
 * `physics:principalAxes` turns to.
 */
import { type Camera, quat, type Mesh, type Vec3 } from '@scenemaker/sdk';
import { type ExportBody, type ExportScene, GROUND_DEPTH } from './shared/bodies.js';
import { createFileSet, type FileSet, type FileSetBuilder } from './shared/files.js';
import { number } from './shared/xml.js';
import { objectReport, sceneReport } from './usd/custom-data.js';
import { bindLook, createMaterials, linearColor, type Materials } from './usd/materials.js';
import { packUsdz } from './usd/package.js';
import { colliderPrim, meshShape, placed, PLAIN_COLOR, triangles } from './usd/shapes.js';
import { attribute, type Prim, primvar, tuple, writeLayer, wxyz } from './usd/text.js';

const LAYER = 'scene.usda';
/** Width of the picture on the sensor, millimetres; the focal length goes with it, so that any would do. */
const SENSOR_WIDTH = 36;
/** Millimetres in the unit of a camera's lengths, which is a tenth of the layer's unit. */
const MILLIMETRES = 100;

/** The layer and its textures. The scene has y up, and names without hyphens. */
export function writeUsda(scene: ExportScene): FileSet {
  const files = createFileSet();
  const materials = createMaterials();
  const ground = groundPrim(scene, materials);
  const objects = objectPrims(scene, files, materials);
  const root: Prim = {
    type: 'Xform',
    name: 'World',
    kind: 'assembly',
    customData: { scenemaker: sceneReport(scene) },
    children: [
      {
        type: 'PhysicsScene',
        name: 'physics',
        properties: [
          attribute('vector3f', 'physics:gravityDirection', '(0, -1, 0)'),
          attribute('float', 'physics:gravityMagnitude', '9.81'),
        ],
      },
      materials.prim(),
      ground,
      { type: 'Xform', name: 'Objects', kind: 'group', children: objects },
      ...scene.cameras.map(cameraPrim),
      LIGHT,
    ],
  };
  files.add(LAYER, writeLayer({ documentation: 'Made by SceneMaker. Y up, metres, kilograms.', root }));
  return files.build();
}

/** What `writeUsda` wrote in one file, in which the layer comes first. */
export function packUsda(usda: FileSet): Uint8Array {
  const files = [...usda];
  const isLayer = ([path]: [string, Uint8Array]): boolean => path === LAYER;
  return packUsdz(new Map([...files.filter(isLayer), ...files.filter((file) => !isLayer(file))]));
}

/** A mesh is written where it stands first, and referred to where it stands again. */
interface Visual {
  path: string;
  look: string;
}

function objectPrims(scene: ExportScene, files: FileSetBuilder, materials: Materials): Prim[] {
  const visuals = new Map<Mesh, Visual>();
  return scene.bodies.map((body) => {
    const { name, pose, inertia } = body;
    return {
      type: 'Xform',
      name,
      kind: 'component',
      apis: ['PhysicsRigidBodyAPI', 'PhysicsMassAPI'],
      customData: { scenemaker: objectReport(scene, body) },
      properties: [
        attribute('point3f', 'physics:centerOfMass', tuple(inertia.centerOfMass)),
        attribute('float3', 'physics:diagonalInertia', tuple(inertia.principal)),
        attribute('float', 'physics:mass', number(inertia.massKg)),
        attribute('quatf', 'physics:principalAxes', wxyz(inertia.rotation)),
        ...placed(pose.translation, pose.rotation),
      ],
      children: [
        visualPrim(body, visuals, files, materials),
        {
          type: 'Scope',
          name: 'collision',
          children: body.colliders.map((collider, i) =>
            colliderPrim(`piece_${i + 1}`, collider, materials.physics(body.friction, body.restitution)),
          ),
        },
      ],
    };
  });
}

function visualPrim(body: ExportBody, visuals: Map<Mesh, Visual>, files: FileSetBuilder, materials: Materials): Prim {
  const prim: Prim = { type: 'Mesh', name: 'visual', apis: ['MaterialBindingAPI'] };
  const { name, mesh } = body;
  const known = visuals.get(mesh);
  if (known) return { ...prim, reference: known.path, properties: [bindLook(known.look)] };
  const { properties, texture } = meshShape(body, files);
  const look = materials.look(texture ?? PLAIN_COLOR);
  visuals.set(mesh, { path: `/World/Objects/${name}/visual`, look });
  return { ...prim, properties: [...properties, bindLook(look)] };
}

function groundPrim({ ground }: ExportScene, materials: Materials): Prim {
  const { halfExtent: e, color, friction, origin } = ground;
  const half: Vec3 = [e, GROUND_DEPTH / 2, e];
  const square: Mesh = {
    positions: Float32Array.of(-e, 0, -e, -e, 0, e, e, 0, e, e, 0, -e),
    indices: Uint32Array.of(0, 1, 2, 0, 2, 3),
  };
  const box = {
    kind: 'box',
    center: [0, -GROUND_DEPTH / 2, 0],
    rotation: quat.IDENTITY,
    halfExtents: half,
  } as const;
  return {
    type: 'Xform',
    name: 'ground',
    properties: placed(origin),
    children: [
      {
        type: 'Mesh',
        name: 'visual',
        apis: ['MaterialBindingAPI'],
        properties: [
          ...triangles(square),
          primvar('color3f[]', 'primvars:displayColor', 'constant', `[${linearColor(color)}]`),
          bindLook(materials.look(color)),
        ],
      },
      colliderPrim('collision', box, materials.physics(friction, 0)),
    ],
  };
}

function cameraPrim(camera: Camera & { name: string }): Prim {
  const { width, height, fx, fy, cx, cy, cameraToWorld, name } = camera;
  const focal = (SENSOR_WIDTH * fx) / width / MILLIMETRES;
  // Pixels need not be square: apertures carry what the one focal length cannot.
  const across = (pixels: number): string => number((pixels / fx) * focal);
  const down = (pixels: number): string => number((pixels / fy) * focal);
  const [x, y, z, w] = cameraToWorld.rotation;
  return {
    type: 'Camera',
    name,
    properties: [
      attribute('float2', 'clippingRange', '(0.01, 1000)'),
      attribute('float', 'focalLength', number(focal)),
      attribute('float', 'horizontalAperture', across(width)),
      attribute('float', 'horizontalApertureOffset', across(width / 2 - cx)),
      attribute('token', 'projection', '"perspective"'),
      attribute('float', 'verticalAperture', down(height)),
      attribute('float', 'verticalApertureOffset', down(cy - height / 2)),
      // Half a turn about x.
      ...placed(cameraToWorld.translation, [w, z, -y, -x]),
    ],
  };
}

/** From above, so that renderers without a light of their own show something. */
const LIGHT: Prim = {
  type: 'DistantLight',
  name: 'light',
  properties: [
    attribute('float', 'inputs:angle', '2'),
    attribute('float', 'inputs:intensity', '3'),
    // Whatever the angle: the light that falls on a surface, of which a white one sends about 1 back.
    attribute('bool', 'inputs:normalize', 'true'),
    ...placed([0, 0, 0], quat.multiply(quat.fromAxisAngle([0, 1, 0], 0.5), quat.fromAxisAngle([1, 0, 0], -1.1))),
  ],
};
