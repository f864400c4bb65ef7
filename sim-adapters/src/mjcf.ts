/**
 * Scenes as MJCF, the model format of MuJoCo.
 *
 *   SceneDescription: y up             MJCF: z up            camera here        camera in MJCF
 *
 *          y                            z   y                     z                 y
 *          |                            |  /                     /                  |
 *          o-- x                        | /                     o-- x               o-- x
 *         /                             o-- x                   |                  /
 *        z                                                      y                 z
 *
 * Metres, kilograms, radians. Quaternions are wxyz here.
 *
 *   scene.xml            ground, light, cameras, one free body an object, keyframe `settled`
 *   meshes/NAME.obj      visual mesh, with its texture NAME.png
 *   meshes/NAME_hull_1.obj     convex pieces of the collider; boxes, balls, cylinders and capsules are primitives
 */
import { type Camera, type Collider, quat, type Quat, type Vec3, vec3 } from '@scenemaker/sdk';
import { type ExportBody, type ExportScene, sceneBounds } from './shared/bodies.js';
import { createFileSet, type FileSet } from './shared/files.js';
import { PLAIN_COLOR, type SceneMeshes } from './shared/obj.js';
import { REPORT_FILE, writeReport } from './shared/report.js';
import { Z_TO_Y } from './shared/rotations.js';
import { type Attributes, type Element, element, numbers, toXml } from './shared/xml.js';

/** Seconds a step. */
const TIME_STEP = 0.002;
/** Twice the step is the stiffest contact that MuJoCo allows: bodies sink least. */
const CONTACT = { solref: '0.004 1', solimp: '0.95 0.99 0.0005' };
/** Torsional and rolling friction, metres: MuJoCo's own defaults. */
const OTHER_FRICTION = '0.005 0.0001';
/** Where the light shines to. */
const LIGHT_WAY = vec3.normalize([-0.3, 0.4, -1]);
/** Width of the picture on the sensor, metres; the focal length goes with it, so that any would do. */
const SENSOR_WIDTH = 0.036;

const SKY = element('texture', {
  name: 'sky',
  type: 'skybox',
  builtin: 'gradient',
  rgb1: '0.9 0.9 0.92',
  rgb2: '0.7 0.7 0.73',
  width: 64,
  height: 384,
});

const COMMENT = `Made by SceneMaker. World: z up, metres, kilograms, radians. Quaternions: wxyz.
report.json tells which name is which object, and what the physics report says.`;

/** The scene has z up. */
export function writeMjcf(scene: ExportScene, meshes: SceneMeshes): FileSet {
  const files = createFileSet(meshes.files);
  const assets: Element[] = [];
  const bodies = scene.bodies.map((body) => writeBody(body, meshes, assets));
  const { ground } = scene;
  const { middle, radius } = sceneBounds(scene);
  const groundColor = numbers([...ground.color.map((byte) => byte / 255), 1]);
  const root = element('mujoco', { model: 'scene' }, [
    element('compiler', { angle: 'radian' }),
    element('option', { timestep: TIME_STEP, cone: 'elliptic', impratio: 10 }),
    // Shadows are as fine as the extent is small.
    element('statistic', { center: numbers(middle), extent: radius }),
    element('visual', {}, [
      element('headlight', { ambient: '0.35 0.35 0.35', diffuse: '0.25 0.25 0.25', specular: '0 0 0' }),
      element('quality', { shadowsize: 4096 }),
      element('map', { shadowclip: 3 }),
    ]),
    element('default', {}, [
      element('default', { class: 'visual' }, [
        element('geom', { type: 'mesh', contype: 0, conaffinity: 0, group: 2, mass: 0 }),
      ]),
      element('default', { class: 'collision' }, [element('geom', { group: 3, mass: 0, ...CONTACT })]),
    ]),
    element('asset', {}, [SKY, ...assets]),
    element('worldbody', {}, [
      element('light', {
        name: 'light',
        directional: 'true',
        // Shadows are drawn within the extent around the line along which it shines.
        pos: numbers(vec3.addScaled(middle, LIGHT_WAY, -3 * radius)),
        dir: numbers(LIGHT_WAY),
        diffuse: '0.5 0.5 0.5',
        specular: '0.1 0.1 0.1',
      }),
      element('geom', {
        name: 'ground',
        type: 'plane',
        pos: numbers(ground.origin),
        size: numbers([ground.halfExtent, ground.halfExtent, 0.1]),
        rgba: groundColor,
        friction: `${ground.friction} ${OTHER_FRICTION}`,
        ...CONTACT,
      }),
      ...scene.cameras.map(writeCamera),
      ...bodies,
    ]),
    element('keyframe', {}, [element('key', { name: 'settled', qpos: settledState(scene) })]),
  ]);
  files.add('scene.xml', toXml(root, COMMENT));
  files.add(REPORT_FILE, writeReport(scene));
  return files.build();
}

function writeBody(body: ExportBody, meshes: SceneMeshes, assets: Element[]): Element {
  const { name, pose, inertia, friction, colliders } = body;
  const colliderGeoms = colliders.map((collider, index) => {
    const geom = `${name}_hull_${index + 1}`;
    if (collider.kind === 'hull') assets.push(element('mesh', { name: geom, file: meshes.hullOf(collider) }));
    return element('geom', {
      name: `${name}_collider_${index + 1}`,
      class: 'collision',
      ...shape(collider, geom),
      friction: `${friction} ${OTHER_FRICTION}`,
    });
  });
  return element('body', { name, ...placed(pose.translation, pose.rotation) }, [
    element('freejoint', { name }),
    element('inertial', {
      ...placed(inertia.centerOfMass, inertia.rotation),
      mass: inertia.massKg,
      diaginertia: numbers(inertia.principal),
    }),
    writeVisual(body, meshes, assets),
    ...colliderGeoms,
  ]);
}

function writeVisual(body: ExportBody, meshes: SceneMeshes, assets: Element[]): Element {
  const { name } = body;
  const visual = meshes.visualOf(body);
  // The inertia of a shell exists for open meshes too; nothing of it is used.
  assets.push(element('mesh', { name, file: visual.mesh, inertia: 'shell' }));
  if (visual.texture === undefined) {
    return element('geom', { class: 'visual', mesh: name, rgba: numbers([...PLAIN_COLOR, 1]) });
  }
  assets.push(element('texture', { name, type: '2d', file: visual.texture }));
  assets.push(element('material', { name, texture: name, specular: 0.1, shininess: 0.1 }));
  return element('geom', { class: 'visual', mesh: name, material: name });
}

function shape(collider: Collider, mesh: string): Attributes {
  switch (collider.kind) {
    case 'hull':
      return { type: 'mesh', mesh };
    case 'sphere':
      return { type: 'sphere', size: collider.radius, pos: numbers(collider.center) };
    case 'box':
      return {
        type: 'box',
        size: numbers(collider.halfExtents),
        ...placed(collider.center, collider.rotation),
      };
    case 'cylinder':
    case 'capsule':
      return {
        type: collider.kind,
        size: numbers([collider.radius, collider.halfHeight]),
        ...placed(collider.center, quat.multiply(collider.rotation, Z_TO_Y)),
      };
  }
}

function writeCamera({ name, width, height, fx, fy, cx, cy, cameraToWorld }: Camera & { name: string }): Element {
  const { rotation, translation } = cameraToWorld;
  const [right, up] = [quat.rotate(rotation, [1, 0, 0]), vec3.scale(quat.rotate(rotation, [0, 1, 0]), -1)];
  return element('camera', {
    name,
    pos: numbers(translation),
    xyaxes: numbers([...right, ...up]),
    resolution: `${width} ${height}`,
    sensorsize: numbers([SENSOR_WIDTH, (SENSOR_WIDTH * height) / width]),
    focalpixel: numbers([fx, fy]),
    // Measured: how far the picture is moved against its middle, to the left and up.
    principalpixel: numbers([width / 2 - cx, height / 2 - cy]),
  });
}

/** For each free joint: position, then quaternion. */
const settledState = ({ bodies }: ExportScene): string =>
  numbers(bodies.flatMap(({ pose: { translation, rotation } }) => [...translation, ...wxyz(rotation)]));

const placed = (position: Vec3, rotation: Quat): Attributes => ({
  pos: numbers(position),
  quat: numbers(wxyz(rotation)),
});

const wxyz = ([x, y, z, w]: Quat): number[] => [w, x, y, z];
