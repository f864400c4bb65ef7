/**
 * MuJoCo as a referee: it had no part in making the scene, and sees only the exported colliders, masses and poses.
 *
 *   MJCF here: z up; the world is turned by 90 degrees about x at the root. Quaternions are wxyz.
 */
import loadMujoco from '@mujoco/mujoco';
import { quat, vec3, type Quat, type Vec3 } from '@scenemaker/sdk/geometry';
import { bodyMass, scaleCollider } from '@scenemaker/sdk/physics';
import type { Collider, SceneDescription } from '@scenemaker/sdk/scene';

export interface RefereeResult {
  id: string;
  movedMeters: number;
  turnedRadians: number;
}

/** From y up to z up. */
const TURN: Quat = quat.fromAxisAngle([1, 0, 0], Math.PI / 2);

const numbers = (values: readonly number[]): string => values.map((value) => value.toPrecision(9)).join(' ');
const wxyz = (q: Quat): string => numbers([q[3], q[0], q[1], q[2]]);

/** Lets the scene stand for `seconds` at 2 ms and says how far each object went. */
export async function refereeScene(scene: SceneDescription, seconds = 5): Promise<RefereeResult[]> {
  const mujoco = await loadMujoco();
  const model = mujoco.MjModel.from_xml_string(toMjcf(scene));
  if (!model) throw new Error('MuJoCo did not take the model');
  const data = new mujoco.MjData(model);
  try {
    const poseAt = (i: number): { position: Vec3; rotation: Quat } => {
      const q = Array.from({ length: 7 }, (_, k) => Number(data.qpos[7 * i + k]));
      return { position: [q[0], q[1], q[2]], rotation: [q[4], q[5], q[6], q[3]] };
    };
    const before = scene.objects.map((_, i) => poseAt(i));
    for (let step = 0; step < seconds / 0.002; step++) mujoco.mj_step(model, data);
    return scene.objects.map(({ id }, i) => ({
      id,
      movedMeters: vec3.distance(before[i].position, poseAt(i).position),
      turnedRadians: quat.angleBetween(before[i].rotation, poseAt(i).rotation),
    }));
  } finally {
    data.delete();
    model.delete();
  }
}

function toMjcf(scene: SceneDescription): string {
  const meshes: string[] = [];
  const bodies = scene.objects.map((object) => {
    const { pose, properties } = object;
    const mass = bodyMass(properties, pose.size);
    const geoms = object.colliders.map((collider, i) => {
      const name = `${object.id}-${i}`;
      const real = scaleCollider(collider, pose.size);
      if (real.kind === 'hull')
        meshes.push(`<mesh name="${name}" vertex="${numbers([...real.positions])}" inertia="convex"/>`);
      return `<geom ${geometry(real, name)} friction="${properties.friction.value} 0.005 0.0001"/>`;
    });
    const position = quat.rotate(TURN, pose.translation);
    const rotation = quat.multiply(TURN, pose.rotation);
    return `<body name="${object.id}" pos="${numbers(position)}" quat="${wxyz(rotation)}"><freejoint/>
      <inertial pos="${numbers(mass.centerOfMass)}" quat="${wxyz(mass.inertiaRotation)}" mass="${mass.massKg}" diaginertia="${numbers(mass.inertiaPrincipal)}"/>
      ${geoms.join('\n')}</body>`;
  });
  return `<mujoco><option timestep="0.002"/><asset>${meshes.join('\n')}</asset>
    <worldbody><geom type="plane" size="10 10 1" pos="0 0 ${scene.ground.height}" friction="${scene.ground.friction} 0.005 0.0001"/>
    ${bodies.join('\n')}</worldbody></mujoco>`;
}

/** A mesh geom is placed by MuJoCo about its own centre; giving no pose keeps it where its vertices are. */
function geometry(collider: Collider, mesh: string): string {
  switch (collider.kind) {
    case 'hull':
      return `type="mesh" mesh="${mesh}"`;
    case 'sphere':
      return `type="sphere" size="${collider.radius}" pos="${numbers(collider.center)}"`;
    case 'box':
      return `type="box" size="${numbers(collider.halfExtents)}" pos="${numbers(collider.center)}" quat="${wxyz(collider.rotation)}"`;
    case 'cylinder':
    case 'capsule': {
      // MuJoCo's axis is z.
      const rotation = quat.multiply(collider.rotation, quat.fromAxisAngle([1, 0, 0], -Math.PI / 2));
      return `type="${collider.kind}" size="${numbers([collider.radius, collider.halfHeight])}" pos="${numbers(collider.center)}" quat="${wxyz(rotation)}"`;
    }
  }
}
