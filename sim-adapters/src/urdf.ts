/**
 * Scenes as URDF, the model format of ROS, PyBullet and others.
 *
 *   SceneDescription: y up             URDF: z up, for the world and for each object's link
 *
 *          y                            z   y
 *          |                            |  /
 *          o-- x                        | /
 *         /                             o-- x
 *        z
 *
 * Metres, kilograms, radians; rotations as roll, pitch and yaw about fixed axes. Round shapes lie along z.
 *
 *   scene.urdf           link `world`, the ground fixed to it, each object by a floating joint
 *   NAME.urdf            an object alone, its link's frame where the object's is
 *   ground.urdf          the ground alone
 *   meshes/NAME.obj      visual mesh, with its texture NAME.png
 *   meshes/NAME_hull_1.obj     convex pieces of the collider; boxes, balls and cylinders are primitives
 *
 * Inertia is written along the link's axes: PyBullet and others read no other.
 */
import { type Collider, quat, type Quat, type Vec3, vec3 } from '@scenemaker/sdk';
import { type ExportBody, type ExportScene, GROUND_DEPTH } from './shared/bodies.js';
import { createFileSet, type FileSet } from './shared/files.js';
import { PLAIN_COLOR, type SceneMeshes } from './shared/obj.js';
import { REPORT_FILE, writeReport } from './shared/report.js';
import { rollPitchYaw, Z_TO_Y } from './shared/rotations.js';
import { type Element, element, numbers, toXml } from './shared/xml.js';

const COMMENT = `Made by SceneMaker. World: z up, metres, kilograms, radians.
report.json tells which name is which object, where it stands, and what the physics report says.`;

/** MuJoCo's URDF reader cuts folders off the names of files in some versions; here it does so in all. */
const FOR_MUJOCO = element('mujoco', {}, [element('compiler', { meshdir: 'meshes', strippath: 'true' })]);

/** The scene has z up. */
export function writeUrdf(scene: ExportScene, meshes: SceneMeshes): FileSet {
  const files = createFileSet(meshes.files);
  const world = element('link', { name: 'world' });
  const ground = [world, writeGround(scene), joint('ground', 'fixed', vec3.ZERO, quat.IDENTITY)];
  const parts = [...ground];
  files.add('ground.urdf', toXml(robot('ground', ground), COMMENT));
  for (const body of scene.bodies) {
    const link = writeLink(body, meshes);
    const { translation, rotation } = body.pose;
    parts.push(link, joint(body.name, 'floating', translation, rotation));
    files.add(`${body.name}.urdf`, toXml(robot(body.name, [link]), COMMENT));
  }
  files.add('scene.urdf', toXml(robot('scene', parts), COMMENT));
  files.add(REPORT_FILE, writeReport(scene));
  return files.build();
}

const robot = (name: string, parts: readonly Element[]): Element => element('robot', { name }, [FOR_MUJOCO, ...parts]);

const joint = (child: string, type: 'fixed' | 'floating', position: Vec3, rotation: Quat): Element =>
  element('joint', { name: `${child}_joint`, type }, [
    element('parent', { link: 'world' }),
    element('child', { link: child }),
    origin(position, rotation),
  ]);

function writeLink(body: ExportBody, meshes: SceneMeshes): Element {
  const { name, colliders, inertia, friction } = body;
  const [xx, xy, xz, , yy, yz, , , zz] = inertia.tensor;
  const visual = meshes.visualOf(body);
  return element('link', { name }, [
    element('inertial', {}, [
      origin(inertia.centerOfMass, quat.IDENTITY),
      element('mass', { value: inertia.massKg }),
      element('inertia', { ixx: xx, ixy: xy, ixz: xz, iyy: yy, iyz: yz, izz: zz }),
    ]),
    element('visual', {}, [
      element('geometry', {}, [element('mesh', { filename: visual.mesh })]),
      element('material', { name: `${name}_material` }, [
        element('color', { rgba: numbers([...(visual.texture === undefined ? PLAIN_COLOR : [1, 1, 1]), 1]) }),
        ...(visual.texture === undefined ? [] : [element('texture', { filename: visual.texture })]),
      ]),
    ]),
    ...colliders
      .flatMap(withEnds)
      .map((collider, index) =>
        element('collision', { name: `${name}_collider_${index + 1}` }, writeCollider(collider, meshes)),
      ),
    contact(friction),
  ]);
}

/** URDF has no capsule: here it is its cylinder, written as such, and a ball at either end. */
function withEnds(collider: Collider): Collider[] {
  if (collider.kind !== 'capsule') return [collider];
  const { center, rotation, radius, halfHeight } = collider;
  const end = quat.rotate(rotation, [0, halfHeight, 0]);
  const ball = (at: Vec3): Collider => ({ kind: 'sphere', center: at, radius });
  return [collider, ball(vec3.add(center, end)), ball(vec3.sub(center, end))];
}

function writeCollider(collider: Collider, meshes: SceneMeshes): Element[] {
  const geometry = (shape: Element): Element => element('geometry', {}, [shape]);
  switch (collider.kind) {
    case 'box': {
      const { center, rotation, halfExtents } = collider;
      return [origin(center, rotation), geometry(element('box', { size: numbers(vec3.scale(halfExtents, 2)) }))];
    }
    case 'sphere':
      return [origin(collider.center, quat.IDENTITY), geometry(element('sphere', { radius: collider.radius }))];
    case 'cylinder':
    case 'capsule': {
      const { center, rotation, radius, halfHeight } = collider;
      const cylinder = element('cylinder', { radius, length: 2 * halfHeight });
      return [origin(center, quat.multiply(rotation, Z_TO_Y)), geometry(cylinder)];
    }
    case 'hull':
      return [geometry(element('mesh', { filename: meshes.hullOf(collider) }))];
  }
}

function writeGround({ ground }: ExportScene): Element {
  const side = 2 * ground.halfExtent;
  const middle = vec3.add(ground.origin, [0, 0, -GROUND_DEPTH / 2]);
  const place = origin(middle, quat.IDENTITY);
  const geometry = element('geometry', {}, [element('box', { size: numbers([side, side, GROUND_DEPTH]) })]);
  const color = numbers([...ground.color.map((byte) => byte / 255), 1]);
  const material = element('material', { name: 'ground_material' }, [element('color', { rgba: color })]);
  return element('link', { name: 'ground' }, [
    element('visual', {}, [place, geometry, material]),
    element('collision', { name: 'ground_collider' }, [place, geometry]),
    contact(ground.friction),
  ]);
}

/** Friction as Bullet reads it; URDF itself has none. */
const contact = (friction: number): Element =>
  element('contact', {}, [element('lateral_friction', { value: friction })]);

const origin = (position: Vec3, rotation: Quat): Element =>
  element('origin', { xyz: numbers(position), rpy: numbers(rollPitchYaw(rotation)) });
