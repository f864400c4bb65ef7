/** Bodies and colliders of a scene as glTF nodes with the two physics extensions. */
import type { Document, Node, vec3, vec4 } from '@gltf-transform/core';
import type { Collider, Ground, Pose, SceneObject, Vec3 } from '@scenemaker/sdk';
import { GROUND_DEPTH } from '../shared/bodies.js';
import { KHR_PHYSICS_RIGID_BODIES, KHRPhysicsRigidBodies, type PhysicsMaterial } from './rigid-bodies.js';
import { KHRImplicitShapes, type ShapeDefinition } from './implicit-shapes.js';

/**
 * Makes a node a moving body with the object's colliders below it; `createHull` makes a node with a hull's mesh, in
 * metres. An object without colliders stays as it is.
 */
export function addBody(
  document: Document,
  node: Node,
  object: SceneObject,
  createHull: (collider: Collider & { kind: 'hull' }, name: string) => Node,
): void {
  if (object.colliders.length === 0) return;
  const physics = document.createExtension(KHRPhysicsRigidBodies);
  const shapes = document.createExtension(KHRImplicitShapes);
  const { properties, pose } = object;
  // A mass of 0 is not allowed in the file: such an object is fixed.
  if (properties.massKg.value > 0) {
    const motion = {
      mass: properties.massKg.value,
      centerOfMass: scaled(properties.centerOfMass.value, pose.size),
      inertiaDiagonal: [...properties.inertiaPrincipal.value],
      inertiaOrientation: [...properties.inertiaRotation],
    };
    node.setExtension(KHR_PHYSICS_RIGID_BODIES, physics.createBody().setMotion(motion));
  }
  const material = createMaterial(properties.friction.value, properties.restitution.value);
  for (const [index, collider] of object.colliders.entries()) {
    const name = `${object.id}/collider-${index + 1}`;
    const body = physics.createBody().setMaterial(material);
    const child = document.createNode(name).setExtension(KHR_PHYSICS_RIGID_BODIES, body);
    node.addChild(child);
    if (collider.kind === 'hull') {
      body.setMeshNode(createHull(collider, name));
    } else {
      body.setShape(shapes.createShape(toShape(collider, pose)));
      child.setTranslation(scaled(collider.center, pose.size));
      if (collider.kind !== 'sphere') child.setRotation([...collider.rotation] as vec4);
    }
  }
}

/** Gives the ground's node, which lies at the middle of the plane, a fixed box below the plane. */
export function addGroundCollider(document: Document, node: Node, ground: Ground): void {
  const side = 2 * ground.halfExtent;
  const shape = document
    .createExtension(KHRImplicitShapes)
    .createShape({ type: 'box', box: { size: [side, GROUND_DEPTH, side] } });
  const body = document
    .createExtension(KHRPhysicsRigidBodies)
    .createBody()
    .setShape(shape)
    .setMaterial(createMaterial(ground.friction, 0));
  const child = document.createNode('ground/collider-1').setTranslation([0, -GROUND_DEPTH / 2, 0]);
  node.addChild(child.setExtension(KHR_PHYSICS_RIGID_BODIES, body));
}

/** The file has no geometric mean, with which scenes are settled; the mean comes nearest to it. */
const createMaterial = (friction: number, restitution: number): PhysicsMaterial => ({
  staticFriction: friction,
  dynamicFriction: friction,
  restitution,
  frictionCombine: 'average',
  restitutionCombine: 'minimum',
});

function toShape(collider: Exclude<Collider, { kind: 'hull' }>, { size }: Pose): ShapeDefinition {
  switch (collider.kind) {
    case 'box':
      return { type: 'box', box: { size: scaled(collider.halfExtents, 2 * size) } };
    case 'sphere':
      return { type: 'sphere', sphere: { radius: collider.radius * size } };
    case 'cylinder':
    case 'capsule': {
      const radius = collider.radius * size;
      const round = { height: 2 * collider.halfHeight * size, radiusBottom: radius, radiusTop: radius };
      return collider.kind === 'cylinder' ? { type: 'cylinder', cylinder: round } : { type: 'capsule', capsule: round };
    }
  }
}

const scaled = (vector: Vec3, factor: number): vec3 => [vector[0] * factor, vector[1] * factor, vector[2] * factor];
