/** MuJoCo's WebAssembly build on files in memory. */
import loadMujoco, { type MainModule, type MjData, type MjModel } from '@mujoco/mujoco';
import { quat, vec3, type Quat, type Vec3 } from '@scenemaker/sdk/geometry';
import type { FileSet } from '@scenemaker/sim-adapters';
import { type SeenBody, tensorOf } from './compare.js';

export interface MujocoRun {
  /** Moving bodies, in the order of the file. */
  bodies(): SeenBody[];
  /** The box around a visual mesh as it stands in the world: smallest corner, then largest. */
  visualBounds(name: string): number[];
  /** Deepest overlap between any two geoms, metres. */
  penetration(): number;
  step(seconds: number): void;
  readonly model: MjModel;
  readonly mujoco: MainModule;
  dispose(): void;
}

/** Loads MJCF or URDF. The state is keyframe `settled` where there is one. */
export async function runMujoco(files: FileSet, main: string): Promise<MujocoRun> {
  const mujoco = await loadMujoco();
  const vfs = new mujoco.MjVFS();
  for (const [path, content] of files) if (path !== main) vfs.addBuffer(path, content);
  const model = mujoco.MjModel.from_xml_string(new TextDecoder().decode(files.get(main)), vfs);
  if (!model) throw new Error(`MuJoCo did not take ${main}.`);
  const data = new mujoco.MjData(model);
  if (model.nkey > 0) mujoco.mj_resetDataKeyframe(model, data, 0);
  mujoco.mj_forward(model, data);

  const moving = Array.from({ length: model.nbody }, (_, body) => body).filter((body) => model.body_dofnum[body] > 0);
  return {
    mujoco,
    model,
    bodies: () => moving.map((body) => readBody(mujoco, model, data, body)),
    visualBounds: (name) => visualBounds(mujoco, model, data, name),
    penetration() {
      let deepest = 0;
      for (let i = 0; i < data.ncon; i++) deepest = Math.max(deepest, -(data.contact.get(i)?.dist ?? 0));
      return deepest;
    },
    step(seconds) {
      for (let i = 0; i < seconds / model.opt.timestep; i++) mujoco.mj_step(model, data);
    },
    dispose() {
      data.delete();
      model.delete();
      vfs.delete();
    },
  };
}

const three = (values: ArrayLike<number>, at: number): Vec3 => [values[3 * at], values[3 * at + 1], values[3 * at + 2]];
/** MuJoCo has wxyz. */
const four = (values: ArrayLike<number>, at: number): Quat => [
  values[4 * at + 1],
  values[4 * at + 2],
  values[4 * at + 3],
  values[4 * at],
];

function readBody(mujoco: MainModule, model: MjModel, data: MjData, body: number): SeenBody {
  const rotation = four(data.xquat, body);
  return {
    name: mujoco.mj_id2name(model, mujoco.mjtObj.mjOBJ_BODY.value, body),
    massKg: model.body_mass[body],
    position: three(data.xpos, body),
    rotation,
    centerOfMass: three(data.xipos, body),
    inertia: tensorOf(three(model.body_inertia, body), quat.multiply(rotation, four(model.body_iquat, body))),
  };
}

function visualBounds(mujoco: MainModule, model: MjModel, data: MjData, name: string): number[] {
  const mesh = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_MESH.value, name);
  const geom = Array.from({ length: model.ngeom }, (_, i) => i).find((i) => model.geom_dataid[i] === mesh) ?? -1;
  const turn = Array.from({ length: 9 }, (_, k) => data.geom_xmat[9 * geom + k]);
  const bounds = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
  for (let i = 0; i < model.mesh_vertnum[mesh]; i++) {
    const vertex = three(model.mesh_vert, model.mesh_vertadr[mesh] + i);
    for (let k = 0; k < 3; k++) {
      const row: Vec3 = [turn[3 * k], turn[3 * k + 1], turn[3 * k + 2]];
      const value = vec3.dot(row, vertex) + data.geom_xpos[3 * geom + k];
      bounds[k] = Math.min(bounds[k], value);
      bounds[3 + k] = Math.max(bounds[3 + k], value);
    }
  }
  return bounds;
}
