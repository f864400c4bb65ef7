/**
 * Havok behind the engine port, on the raw functions of its WebAssembly module: no Babylon scene is
 * needed to settle one.
 *
 * Measured on 1.3.14: inertia is taken per kilogram; hulls above about 200 vertices are cut down and
 * grow; at 60 Hz stacks sink by millimetres; overlaps of centimetres take a hundred frames to open.
 */
import type { HavokPhysicsWithBindings, HP_BodyId, HP_ShapeId } from '@babylonjs/havok';
import { quat, vec3, type Vec3 } from '../geometry/index.js';
import { SceneMakerError } from '../protocol/index.js';
import type { Collider } from '../scene/index.js';
import type { BodySpec, PhysicsEngine, PhysicsWorld, WorldOptions } from './engine.js';

export interface HavokOptions {
  /** The bytes of `HavokPhysics.wasm`. Absent: read from the package in Node, fetched in a browser. */
  wasmBinary?: ArrayBuffer | Uint8Array;
  /** Browser: where `HavokPhysics.wasm` is served, when the bundler does not say. */
  wasmUrl?: string;
}

/** As in the package that this was measured with; the module does not tell its version. */
const HAVOK_NAME = 'havok 1.3';

/**
 * The module, initialised. One serves any number of worlds; Babylon's `HavokPlugin` takes it too.
 * Errors: package-missing where `@babylonjs/havok` is not installed; internal where it cannot be loaded.
 */
export async function loadHavok(options: HavokOptions = {}): Promise<HavokPhysicsWithBindings> {
  const { default: HavokPhysics } = await import('@babylonjs/havok').catch((cause: unknown) => {
    throw new SceneMakerError('package-missing', 'Havok is not installed: npm install @babylonjs/havok@1.3.14', {
      cause,
    });
  });
  try {
    const wasmBinary = options.wasmBinary ?? (options.wasmUrl === undefined ? await readFromPackage() : undefined);
    const settings: Record<string, unknown> = {};
    if (wasmBinary) settings['wasmBinary'] = wasmBinary;
    if (options.wasmUrl !== undefined) settings['locateFile'] = () => options.wasmUrl;
    return await HavokPhysics(settings);
  } catch (thrown) {
    throw new SceneMakerError('internal', 'The Havok physics module could not be loaded.', { cause: thrown });
  }
}

/** In Node the module cannot fetch its own file; elsewhere it can, and this gives nothing. */
async function readFromPackage(): Promise<Uint8Array | undefined> {
  if (typeof process === 'undefined' || !process.versions?.node) return undefined;
  const [{ readFile }, { createRequire }] = await Promise.all([import('node:fs/promises'), import('node:module')]);
  // `require.resolve` works under test runners too, where `import.meta.resolve` does not.
  const entry = createRequire(import.meta.url).resolve('@babylonjs/havok');
  return readFile(new URL('../esm/HavokPhysics.wasm', `file://${entry}`));
}

/** Havok as the engine of `settleScene`. */
export async function createHavokEngine(options: HavokOptions = {}): Promise<PhysicsEngine> {
  const module = await loadHavok(options);
  return { name: HAVOK_NAME, createWorld: (world) => createHavokWorld(module, world) };
}

function createHavokWorld(hk: HavokPhysicsWithBindings, options: WorldOptions): PhysicsWorld {
  const world = hk.HP_World_Create()[1];
  hk.HP_World_SetGravity(world, [...options.gravity]);
  hk.HP_World_SetSpeedLimit(world, options.maxSpeed, options.maxTurnSpeed);
  const bodies: HP_BodyId[] = [];
  const shapes: HP_ShapeId[] = [];

  function addBody(spec: BodySpec): number {
    const parts = spec.colliders.map((collider) => createShape(hk, collider));
    for (const part of parts) {
      hk.HP_Shape_SetMaterial(part, [
        spec.friction,
        spec.friction,
        spec.restitution,
        hk.MaterialCombine.GEOMETRIC_MEAN,
        hk.MaterialCombine.MINIMUM,
      ]);
    }
    let shape = parts[0];
    if (parts.length > 1) {
      shape = hk.HP_Shape_CreateContainer()[1];
      for (const part of parts) hk.HP_Shape_AddChild(shape, part, [[0, 0, 0], [0, 0, 0, 1], [1, 1, 1]]); // prettier-ignore
      shapes.push(...parts);
    }
    shapes.push(shape);
    const body = hk.HP_Body_Create()[1];
    hk.HP_Body_SetShape(body, shape);
    hk.HP_Body_SetMotionType(body, spec.motion === 'static' ? hk.MotionType.STATIC : hk.MotionType.DYNAMIC);
    if (spec.mass) {
      const { massKg, centerOfMass, inertiaPrincipal, inertiaRotation } = spec.mass;
      const perKilogram = vec3.scale(inertiaPrincipal, 1 / massKg);
      hk.HP_Body_SetMassProperties(body, [[...centerOfMass], massKg, [...perKilogram], [...inertiaRotation]]);
    }
    hk.HP_Body_SetAngularDamping(body, options.turnDamping);
    hk.HP_Body_SetQTransform(body, [[...spec.transform.translation], [...spec.transform.rotation]]);
    // At 240 Hz Havok sends bodies to sleep after a tenth of a second, before a slow topple shows.
    hk.HP_Body_SetActivationControl(body, hk.ActivationControl.ALWAYS_ACTIVE);
    hk.HP_World_AddBody(world, body, false);
    return bodies.push(body) - 1;
  }

  return {
    addBody,
    transformOf(body) {
      const [translation, rotation] = hk.HP_Body_GetQTransform(bodies[body])[1];
      return { translation, rotation: quat.normalize(rotation) };
    },
    velocityOf: (body) => ({
      linear: hk.HP_Body_GetLinearVelocity(bodies[body])[1],
      angular: hk.HP_Body_GetAngularVelocity(bodies[body])[1],
    }),
    setVelocity(body, { linear, angular }) {
      hk.HP_Body_SetLinearVelocity(bodies[body], [...linear]);
      hk.HP_Body_SetAngularVelocity(bodies[body], [...angular]);
    },
    setWeightless: (body, weightless) => void hk.HP_Body_SetGravityFactor(bodies[body], weightless ? 0 : 1),
    step(seconds) {
      hk.HP_World_SetIdealStepTime(world, seconds);
      hk.HP_World_Step(world, seconds);
    },
    dispose() {
      for (const body of bodies) {
        hk.HP_World_RemoveBody(world, body);
        hk.HP_Body_Release(body);
      }
      for (const shape of shapes) hk.HP_Shape_Release(shape);
      hk.HP_World_Release(world);
    },
  };
}

function createShape(hk: HavokPhysicsWithBindings, collider: Collider): HP_ShapeId {
  switch (collider.kind) {
    case 'box': {
      const { center, rotation, halfExtents } = collider;
      return hk.HP_Shape_CreateBox([...center], [...rotation], [...vec3.scale(halfExtents, 2)])[1];
    }
    case 'sphere':
      return hk.HP_Shape_CreateSphere([...collider.center], collider.radius)[1];
    case 'cylinder':
    case 'capsule': {
      const axis: Vec3 = quat.rotate(collider.rotation, [0, collider.halfHeight, 0]);
      const [a, b] = [vec3.sub(collider.center, axis), vec3.add(collider.center, axis)];
      return collider.kind === 'cylinder'
        ? hk.HP_Shape_CreateCylinder([...a], [...b], collider.radius)[1]
        : hk.HP_Shape_CreateCapsule([...a], [...b], collider.radius)[1];
    }
    case 'hull': {
      const { positions } = collider;
      const address = hk._malloc(positions.byteLength);
      new Float32Array(hk.HEAPU8.buffer, address, positions.length).set(positions);
      const shape = hk.HP_Shape_CreateConvexHull(address, positions.length / 3)[1];
      hk._free(address);
      return shape;
    }
  }
}
