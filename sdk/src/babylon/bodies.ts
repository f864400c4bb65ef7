/** Physics bodies of the scene in Babylon's own physics, on its Havok plugin. */
import '@babylonjs/core/Physics/joinedPhysicsEngineComponent.js';
import { Mesh as BabylonMesh } from '@babylonjs/core/Meshes/mesh.js';
import { VertexData } from '@babylonjs/core/Meshes/mesh.vertexData.js';
import { PhysicsMaterialCombineMode } from '@babylonjs/core/Physics/v2/physicsMaterial.js';
import { PhysicsMotionType } from '@babylonjs/core/Physics/v2/IPhysicsEnginePlugin.js';
import { PhysicsBody } from '@babylonjs/core/Physics/v2/physicsBody.js';
import {
  PhysicsShapeBox,
  PhysicsShapeCapsule,
  PhysicsShapeContainer,
  PhysicsShapeConvexHull,
  PhysicsShapeCylinder,
  PhysicsShapeSphere,
  type PhysicsShape,
} from '@babylonjs/core/Physics/v2/physicsShape.js';
import { Quaternion, Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import type { Scene } from '@babylonjs/core/scene.js';
import { quat, vec3, type Vec3 } from '../geometry/index.js';
import { bodyMass, scaleCollider } from '../physics/index.js';
import type { Collider, Ground, SceneObject } from '../scene/index.js';
import type { Frame } from './frames.js';

export interface BuiltBody {
  body: PhysicsBody;
  dispose(): void;
}

/** A dynamic body at the object's mesh; null while the object has no colliders. */
export function createObjectBody(object: SceneObject, mesh: BabylonMesh, scene: Scene, frame: Frame): BuiltBody | null {
  const { properties, pose } = object;
  if (object.colliders.length === 0) return null;
  const shapes = object.colliders.map((collider) => createShape(scaleCollider(collider, pose.size), scene, frame));
  let shape = shapes[0];
  if (shapes.length > 1) {
    const container = new PhysicsShapeContainer(scene);
    for (const part of shapes) container.addChild(part);
    shape = container;
    shapes.push(container);
  }
  for (const part of shapes) part.material = physicsMaterial(properties.friction.value, properties.restitution.value);
  // A settled scene starts asleep; the first touch wakes it.
  const body = new PhysicsBody(mesh, PhysicsMotionType.DYNAMIC, true, scene);
  body.shape = shape;
  const mass = bodyMass(properties, pose.size);
  body.setMassProperties({
    mass: mass.massKg,
    centerOfMass: frame.point(mass.centerOfMass),
    // Havok takes inertia per kilogram.
    inertia: new Vector3(...vec3.scale(mass.inertiaPrincipal, 1 / mass.massKg)),
    inertiaOrientation: frame.rotation(mass.inertiaRotation),
  });
  return built(body, shapes);
}

/** A static slab under the ground square. */
export function createGroundBody(ground: Ground, mesh: BabylonMesh, scene: Scene): BuiltBody {
  const side = 2 * ground.halfExtent;
  const shape = new PhysicsShapeBox(new Vector3(0, -0.5, 0), Quaternion.Identity(), new Vector3(side, 1, side), scene);
  shape.material = physicsMaterial(ground.friction, 0);
  const body = new PhysicsBody(mesh, PhysicsMotionType.STATIC, false, scene);
  body.shape = shape;
  return built(body, [shape]);
}

const physicsMaterial = (friction: number, restitution: number): PhysicsShape['material'] => ({
  friction,
  staticFriction: friction,
  restitution,
  frictionCombine: PhysicsMaterialCombineMode.GEOMETRIC_MEAN,
  restitutionCombine: PhysicsMaterialCombineMode.MINIMUM,
});

function built(body: PhysicsBody, shapes: readonly PhysicsShape[]): BuiltBody {
  return {
    body,
    dispose() {
      body.dispose();
      for (const shape of shapes) shape.dispose();
    },
  };
}

function createShape(collider: Collider, scene: Scene, frame: Frame): PhysicsShape {
  switch (collider.kind) {
    case 'box': {
      const [x, y, z] = vec3.scale(collider.halfExtents, 2);
      return new PhysicsShapeBox(
        frame.point(collider.center),
        frame.rotation(collider.rotation),
        new Vector3(x, y, z),
        scene,
      );
    }
    case 'sphere':
      return new PhysicsShapeSphere(frame.point(collider.center), collider.radius, scene);
    case 'cylinder':
    case 'capsule': {
      const axis: Vec3 = quat.rotate(collider.rotation, [0, collider.halfHeight, 0]);
      const a = frame.point(vec3.sub(collider.center, axis));
      const b = frame.point(vec3.add(collider.center, axis));
      return collider.kind === 'cylinder'
        ? new PhysicsShapeCylinder(a, b, collider.radius, scene)
        : new PhysicsShapeCapsule(a, b, collider.radius, scene);
    }
    case 'hull': {
      const mesh = new BabylonMesh('scenemaker-hull', scene);
      const data = new VertexData();
      data.positions = frame.points(collider.positions);
      data.indices = collider.indices;
      data.applyToMesh(mesh);
      const shape = new PhysicsShapeConvexHull(mesh, scene);
      mesh.dispose();
      return shape;
    }
  }
}
