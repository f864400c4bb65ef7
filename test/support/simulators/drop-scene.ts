/**
 * The scene that every simulator is given, settled: each kind of collider, none of them along the axes of
 * its body, concave things, a stack, uneven masses, rotations about every axis, vertex colours and textures.
 */
import {
  boxMesh,
  capsuleMesh,
  cylinderMesh,
  latheMesh,
  type Mesh,
  quat,
  type Quat,
  sphereMesh,
  transformPositions,
  vec3,
} from '@scenemaker/sdk/geometry';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import { settleScene } from '@scenemaker/sdk/physics';
import { sceneOf, type Thing } from '../settle-scenes.js';
import { textured } from '../textured.js';

const turn = (axis: 0 | 1 | 2, radians: number): Quat =>
  quat.fromAxisAngle([axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0], radians);

const TILT = quat.multiply(turn(2, 0.4), quat.multiply(turn(1, 0.7), turn(0, 0.3)));

/** A thing whose mesh lies askew in its own frame and whose pose turns it back: `tilt` shows in no picture. */
function askew(mesh: Mesh, tilt: Quat, at: Thing['at'], yaw = 0): Thing {
  const positions = transformPositions(mesh.positions, tilt, vec3.ZERO);
  return { mesh: colored({ ...mesh, positions }), at, rotation: quat.multiply(turn(1, yaw), quat.conjugate(tilt)) };
}

/** Every vertex in a colour of its own. */
function colored(mesh: Mesh): Mesh {
  const colors = Uint8Array.from({ length: (mesh.positions.length / 3) * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : 40 + ((i * 61) % 200),
  );
  return { ...mesh, colors };
}

export async function dropScene(): Promise<SceneDescription> {
  const bowl = latheMesh([[0, 0], [0.05, 0], [0.12, 0.08], [0.11, 0.08], [0.045, 0.012], [0, 0.012]], 32); // prettier-ignore
  const scene = sceneOf({
    'base box': { ...askew(boxMesh(0.15, 0.03, 0.1), turn(2, 0.5), [0.3, 0.03, 0], 0.4), label: 'book' },
    can: { ...askew(cylinderMesh(0.035, 0.05, 24), turn(0, 0.7), [0.28, 0.11, 0.02]), label: 'can' },
    ball: { mesh: colored(sphereMesh(0.05, 16)), at: [-0.25, 0.05, 0.2], label: 'ball' },
    pill: askew(capsuleMesh(0.03, 0.06, 12), turn(2, -0.9), [-0.2, 0.03, -0.2]),
    bowl: { ...askew(bowl, turn(0, -1.2), [0, 0, 0.3], 1), label: 'bowl' },
    // Tilted about every axis: its inertia has all of its products.
    'big/box': { ...askew(boxMesh(0.1, 0.12, 0.08), TILT, [-0.5, 0.12, -0.1], -0.6), label: 'furniture' },
  });
  for (const object of scene.objects.slice(4)) object.mesh = textured(object.mesh);
  const pill = scene.objects[3];
  // Lying on its side.
  pill.pose = { ...pill.pose, rotation: quat.multiply(turn(0, Math.PI / 2), pill.pose.rotation) };
  const settled = await settleScene(scene);
  if (settled.physics?.verdict !== 'stable') throw new Error('The scene for the simulators does not stand still.');
  return settled;
}
