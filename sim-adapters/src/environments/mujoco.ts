/**
 * MuJoCo behind the SDK's engine port: the official WebAssembly package, which is optional.
 *
 *   MuJoCo knows no up but gravity's, so that its world is ours: right-handed, y up, metres, kilograms.
 *   Its quaternions are wxyz; round shapes have their axis along z, ours along y.
 *   Its free joints move a body's origin in the world's frame and turn it in the body's own.
 *
 * Differences to Havok that remain: of two frictions the larger holds, not the geometric mean, except on the
 * ground; nothing bounces; contacts are soft, and give by about a tenth of a millimetre.
 */
import type { MainModule, MjData, MjModel } from '@mujoco/mujoco';
import { type Collider, quat, type Quat, SceneMakerError, vec3, type Vec3 } from '@scenemaker/sdk';
import type { BodyMass, BodySpec, PhysicsEngine, PhysicsWorld, WorldOptions } from '@scenemaker/sdk/physics';

/** The longest step that contacts stay firm at, seconds. */
const LONGEST_STEP = 1 / 480;
/** Time in which a contact pushes back, seconds; MuJoCo asks for two steps at least. */
const CONTACT_SECONDS = 0.005;

/**
 * MuJoCo as an engine of environments, and of `settleScene`.
 *
 * @throws SceneMakerError `package-missing` where `@mujoco/mujoco` is not installed.
 */
export async function createMujocoEngine(): Promise<PhysicsEngine> {
  const mujoco = await loadMujoco();
  return { name: `mujoco ${mujoco.mj_versionString()}`, createWorld: (options) => createMujocoWorld(mujoco, options) };
}

let loaded: Promise<MainModule> | undefined;

/** One module serves any number of worlds. */
async function loadMujoco(): Promise<MainModule> {
  loaded ??= import('@mujoco/mujoco').then(({ default: load }) => load());
  try {
    return await loaded;
  } catch (cause) {
    loaded = undefined;
    throw new SceneMakerError(
      'package-missing',
      'MuJoCo is not installed; install it with: npm install @mujoco/mujoco@3.14.0',
      { given: '@mujoco/mujoco', cause },
    );
  }
}

interface Compiled {
  model: MjModel;
  data: MjData;
}

/** Bodies are gathered, and compiled to a model when the world is first looked at. */
function createMujocoWorld(mujoco: MainModule, options: WorldOptions): PhysicsWorld {
  const specs: BodySpec[] = [];
  let compiled: Compiled | null = null;
  const ready = (): Compiled => (compiled ??= compile(mujoco, specs, options));
  /** First places of a dynamic body in `qpos` and `qvel`. */
  const placesOf = (body: number): { q: number; v: number } => {
    const before = specs.slice(0, body).filter(({ motion }) => motion === 'dynamic').length;
    return { q: 7 * before, v: 6 * before };
  };
  const rotationAt = (qpos: Float64Array, q: number): Quat => [qpos[q + 4], qpos[q + 5], qpos[q + 6], qpos[q + 3]];
  /** From the body's origin to its centre of mass, in the world. */
  const armOf = (body: number, rotation: Quat): Vec3 =>
    quat.rotate(rotation, specs[body].mass?.centerOfMass ?? vec3.ZERO);

  const world: PhysicsWorld = {
    addBody(spec) {
      if (compiled) throw new SceneMakerError('internal', 'MuJoCo takes no more bodies once its world runs.');
      return specs.push(spec) - 1;
    },
    transformOf(body) {
      if (specs[body].motion === 'static') return specs[body].transform;
      const qpos = ready().data.qpos as Float64Array;
      const { q } = placesOf(body);
      return { translation: [qpos[q], qpos[q + 1], qpos[q + 2]], rotation: quat.normalize(rotationAt(qpos, q)) };
    },
    velocityOf(body) {
      if (specs[body].motion === 'static') return { linear: vec3.ZERO, angular: vec3.ZERO };
      const { data } = ready();
      const qvel = data.qvel as Float64Array;
      const { q, v } = placesOf(body);
      const rotation = rotationAt(data.qpos as Float64Array, q);
      const angular = quat.rotate(rotation, [qvel[v + 3], qvel[v + 4], qvel[v + 5]]);
      const ofOrigin: Vec3 = [qvel[v], qvel[v + 1], qvel[v + 2]];
      return { linear: vec3.add(ofOrigin, vec3.cross(angular, armOf(body, rotation))), angular };
    },
    setVelocity(body, { linear, angular }) {
      if (specs[body].motion === 'static') return;
      const { data } = ready();
      const { q, v } = placesOf(body);
      const rotation = rotationAt(data.qpos as Float64Array, q);
      const ofOrigin = vec3.sub(linear, vec3.cross(angular, armOf(body, rotation)));
      (data.qvel as Float64Array).set([...ofOrigin, ...quat.rotate(quat.conjugate(rotation), angular)], v);
    },
    setWeightless(body, weightless) {
      const { massKg } = specs[body].mass ?? { massKg: 0 };
      const lift = vec3.scale(options.gravity, weightless ? -massKg : 0);
      // The world itself is MuJoCo's body 0; six numbers a body, the force on its centre of mass first.
      (ready().data.xfrc_applied as Float64Array).set(lift, 6 * (body + 1));
    },
    step(seconds) {
      const { model, data } = ready();
      const count = Math.ceil(seconds / LONGEST_STEP - 1e-9);
      model.opt.timestep = seconds / count;
      for (let i = 0; i < count; i++) mujoco.mj_step(model, data);
      specs.forEach(({ motion }, body) => {
        if (motion === 'dynamic') limitSpeed(world, body, options);
      });
    },
    dispose() {
      compiled?.data.delete();
      compiled?.model.delete();
      compiled = null;
    },
  };
  return world;
}

function limitSpeed(world: PhysicsWorld, body: number, { maxSpeed, maxTurnSpeed }: WorldOptions): void {
  const { linear, angular } = world.velocityOf(body);
  const [speed, turn] = [vec3.length(linear), vec3.length(angular)];
  if (speed <= maxSpeed && turn <= maxTurnSpeed) return;
  world.setVelocity(body, {
    linear: vec3.scale(linear, Math.min(1, maxSpeed / speed)),
    angular: vec3.scale(angular, Math.min(1, maxTurnSpeed / turn)),
  });
}

function compile(mujoco: MainModule, specs: readonly BodySpec[], options: WorldOptions): Compiled {
  const model = mujoco.MjModel.from_xml_string(toMjcf(specs, options));
  const data = new mujoco.MjData(model);
  const damping = model.dof_damping as Float64Array;
  const dynamic = specs.flatMap(({ motion, mass, transform }) =>
    motion === 'dynamic' && mass ? [{ mass, transform }] : [],
  );
  for (const [i, { mass, transform }] of dynamic.entries()) {
    damping.set(
      momentsInBody(mass).map((moment) => moment * options.turnDamping),
      6 * i + 3,
    );
    // The file has rounded numbers; the state does not.
    const [x, y, z, w] = quat.normalize(transform.rotation);
    (data.qpos as Float64Array).set([...transform.translation, w, x, y, z], 7 * i);
  }
  return { model, data };
}

/** Moments about the body's own axes, kg m^2. */
function momentsInBody({ inertiaPrincipal, inertiaRotation }: BodyMass): number[] {
  const axes = quat.toMat3(inertiaRotation);
  return [0, 1, 2].map((row) =>
    inertiaPrincipal.reduce((sum, moment, k) => sum + moment * axes[3 * row + k] * axes[3 * row + k], 0),
  );
}

function toMjcf(specs: readonly BodySpec[], { gravity }: WorldOptions): string {
  const meshes: string[] = [];
  const pairs: string[] = [];
  const grounds = specs.flatMap((spec, body) => (spec.motion === 'static' ? [{ spec, body }] : []));
  const bodies = specs.map((spec, body) => {
    const geoms = spec.colliders.map((collider, i) => {
      const name = `${body}-${i}`;
      if (collider.kind === 'hull')
        meshes.push(`<mesh name="${name}" inertia="shell" vertex="${numbers(Array.from(collider.positions))}"/>`);
      for (const ground of spec.motion === 'dynamic' ? grounds : []) {
        const friction = Math.sqrt(spec.friction * ground.spec.friction);
        for (const part of ground.spec.colliders.keys()) {
          pairs.push(`<pair geom1="${ground.body}-${part}" geom2="${name}" friction="${friction} ${friction}"/>`);
        }
      }
      const collides = spec.motion === 'static' ? ' contype="0" conaffinity="0"' : '';
      return `<geom name="${name}" ${shapeOf(collider, name)} friction="${spec.friction}"${collides}/>`;
    });
    const { translation, rotation } = spec.transform;
    return `<body pos="${numbers(translation)}" quat="${wxyz(rotation)}">${massOf(spec)}${geoms.join('')}</body>`;
  });
  return `<mujoco>
  <option gravity="${numbers(gravity)}" integrator="implicitfast" cone="elliptic" impratio="10"><flag multiccd="enable"/></option>
  <default><geom solref="${CONTACT_SECONDS} 1"/><pair solref="${CONTACT_SECONDS} 1" condim="3"/></default>
  <asset>${meshes.join('\n')}</asset>
  <worldbody>${bodies.join('\n')}</worldbody>
  <contact>${pairs.join('\n')}</contact>
</mujoco>`;
}

function massOf({ motion, mass }: BodySpec): string {
  if (motion === 'static' || !mass) return '';
  const { massKg, centerOfMass, inertiaPrincipal, inertiaRotation } = mass;
  return `<freejoint/><inertial mass="${massKg}" pos="${numbers(centerOfMass)}" quat="${wxyz(inertiaRotation)}" diaginertia="${numbers(inertiaPrincipal)}"/>`;
}

/** Our axis y to MuJoCo's z. */
const Y_TO_Z = quat.fromAxisAngle([1, 0, 0], -Math.PI / 2);

/** A mesh is placed where its vertices are. */
function shapeOf(collider: Collider, name: string): string {
  switch (collider.kind) {
    case 'hull':
      return `type="mesh" mesh="${name}"`;
    case 'sphere':
      return `type="sphere" size="${collider.radius}" pos="${numbers(collider.center)}"`;
    case 'box':
      return `type="box" size="${numbers(collider.halfExtents)}" pos="${numbers(collider.center)}" quat="${wxyz(collider.rotation)}"`;
    case 'cylinder':
    case 'capsule': {
      const rotation = wxyz(quat.multiply(collider.rotation, Y_TO_Z));
      return `type="${collider.kind}" size="${collider.radius} ${collider.halfHeight}" pos="${numbers(collider.center)}" quat="${rotation}"`;
    }
  }
}

const numbers = (values: readonly number[]): string => values.join(' ');
const wxyz = ([x, y, z, w]: Quat): string => numbers([w, x, y, z]);
