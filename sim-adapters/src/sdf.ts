/**
 * Scenes as SDFormat, the world format of Gazebo and Drake.
 *
 *   SceneDescription: y up         SDFormat: z up        camera here        camera in SDFormat
 *
 *          y                            z   y                     z            z   x
 *          |                            |  /                     /             |  /
 *          o-- x                        | /                     o-- x          | /
 *         /                             o-- x                   |          y --o
 *        z                                                      y
 *
 * Metres, kilograms, radians; rotations as roll, pitch and yaw about fixed axes. Round shapes lie along z.
 *
 *   scene.sdf            light, ground, cameras, one model with one link an object
 *   meshes/NAME.obj      visual mesh, with its texture NAME.png
 *   meshes/NAME_hull_1.obj     convex pieces of the collider; the other kinds are primitives
 */
import { type Camera, type Collider, quat, type Quat, type Vec3, vec3 } from '@scenemaker/sdk';
import { type ExportBody, type ExportScene, GROUND_DEPTH } from './shared/bodies.js';
import { createFileSet, type FileSet } from './shared/files.js';
import { PLAIN_COLOR, type SceneMeshes } from './shared/obj.js';
import { REPORT_FILE, writeReport } from './shared/report.js';
import { rollPitchYaw, Z_TO_Y } from './shared/rotations.js';
import { type Element, element, number, numbers, toXml } from './shared/xml.js';

/** The first with capsules and the lens's intrinsics that Gazebo Fortress and later read. */
const VERSION = '1.9';
/** Planes between which cameras see, metres. */
const CLIP = { near: 0.01, far: 100 };

const COMMENT = `Made by SceneMaker. World: z up, metres, kilograms, radians.
report.json tells which name is which object, and what the physics report says.`;

/** The scene has z up. */
export function writeSdf(scene: ExportScene, meshes: SceneMeshes): FileSet {
  const files = createFileSet(meshes.files);
  const world = element('world', { name: 'scene' }, [
    text('gravity', '0 0 -9.81'),
    element('light', { name: 'sun', type: 'directional' }, [
      pose([0, 0, 10], quat.IDENTITY),
      text('cast_shadows', 'true'),
      text('diffuse', '0.8 0.8 0.8 1'),
      text('specular', '0.1 0.1 0.1 1'),
      text('direction', '-0.3 0.4 -1'),
    ]),
    writeGround(scene),
    ...scene.cameras.map(writeCamera),
    ...scene.bodies.map((body) => writeModel(body, meshes)),
  ]);
  files.add('scene.sdf', toXml(element('sdf', { version: VERSION }, [world]), COMMENT));
  files.add(REPORT_FILE, writeReport(scene));
  return files.build();
}

function writeModel(body: ExportBody, meshes: SceneMeshes): Element {
  const { name, colliders, inertia, friction, restitution } = body;
  const [xx, xy, xz, , yy, yz, , , zz] = inertia.tensor;
  const visual = meshes.visualOf(body);
  return element('model', { name }, [
    pose(body.pose.translation, body.pose.rotation),
    element('link', { name: 'link' }, [
      element('inertial', {}, [
        pose(inertia.centerOfMass, quat.IDENTITY),
        text('mass', number(inertia.massKg)),
        element(
          'inertia',
          {},
          Object.entries({ ixx: xx, ixy: xy, ixz: xz, iyy: yy, iyz: yz, izz: zz }).map(([key, value]) =>
            text(key, number(value)),
          ),
        ),
      ]),
      element('visual', { name: 'visual' }, [
        geometry(element('mesh', {}, [text('uri', visual.mesh)])),
        // The OBJ file brings its own material, texture included.
        ...(visual.texture === undefined ? [material(PLAIN_COLOR)] : []),
      ]),
      ...colliders.map((collider, index) =>
        element('collision', { name: `collider_${index + 1}` }, [
          ...writeCollider(collider, meshes),
          surface(friction, restitution),
        ]),
      ),
    ]),
  ]);
}

function writeCollider(collider: Collider, meshes: SceneMeshes): Element[] {
  switch (collider.kind) {
    case 'hull':
      return [geometry(element('mesh', {}, [text('uri', meshes.hullOf(collider))]))];
    case 'sphere':
      return [
        pose(collider.center, quat.IDENTITY),
        geometry(element('sphere', {}, [text('radius', number(collider.radius))])),
      ];
    case 'box':
      return [
        pose(collider.center, collider.rotation),
        geometry(element('box', {}, [text('size', numbers(vec3.scale(collider.halfExtents, 2)))])),
      ];
    case 'cylinder':
    case 'capsule': {
      const { kind, center, rotation, radius, halfHeight } = collider;
      const size = [text('radius', number(radius)), text('length', number(2 * halfHeight))];
      return [pose(center, quat.multiply(rotation, Z_TO_Y)), geometry(element(kind, {}, size))];
    }
  }
}

function writeGround({ ground }: ExportScene): Element {
  const side = 2 * ground.halfExtent;
  const box = geometry(element('box', {}, [text('size', numbers([side, side, GROUND_DEPTH]))]));
  return element('model', { name: 'ground' }, [
    text('static', 'true'),
    pose(vec3.add(ground.origin, [0, 0, -GROUND_DEPTH / 2]), quat.IDENTITY),
    element('link', { name: 'link' }, [
      element('visual', { name: 'visual' }, [box, material(ground.color.map((byte) => byte / 255))]),
      element('collision', { name: 'collider' }, [box, surface(ground.friction, 0)]),
    ]),
  ]);
}

function writeCamera({ name, width, height, fx, fy, cx, cy, cameraToWorld }: Camera & { name: string }): Element {
  const { translation, rotation } = cameraToWorld;
  const intrinsics = { fx, fy, cx, cy, s: 0 };
  return element('model', { name }, [
    text('static', 'true'),
    pose(translation, quat.multiply(rotation, FORWARD_X)),
    element('link', { name: 'link' }, [
      element('sensor', { name: 'camera', type: 'camera' }, [
        text('update_rate', '30'),
        element('camera', {}, [
          text('horizontal_fov', number(2 * Math.atan(width / 2 / fx))),
          element('image', {}, [text('width', String(width)), text('height', String(height))]),
          element('clip', {}, [text('near', number(CLIP.near)), text('far', number(CLIP.far))]),
          element('lens', {}, [
            element(
              'intrinsics',
              {},
              Object.entries(intrinsics).map(([key, value]) => text(key, number(value))),
            ),
          ]),
        ]),
      ]),
    ]),
  ]);
}

/** From x forward, y left, z up to x right, y down, z forward. */
const FORWARD_X: Quat = [0.5, -0.5, 0.5, 0.5];

const text = (name: string, content: string): Element => element(name, {}, content);

const pose = (position: Vec3, rotation: Quat): Element =>
  text('pose', numbers([...position, ...rollPitchYaw(rotation)]));

const geometry = (shape: Element): Element => element('geometry', {}, [shape]);

function material(color: ArrayLike<number>): Element {
  const rgba = numbers([...Array.from(color), 1]);
  return element('material', {}, [text('ambient', rgba), text('diffuse', rgba)]);
}

const surface = (friction: number, restitution: number): Element =>
  element('surface', {}, [
    element('bounce', {}, [text('restitution_coefficient', number(restitution))]),
    element('friction', {}, [
      element('ode', {}, [text('mu', number(friction)), text('mu2', number(friction))]),
      element('bullet', {}, [text('friction', number(friction)), text('friction2', number(friction))]),
    ]),
  ]);
