/** The extension of Babylon's glTF loader: nodes with motion become moving bodies, other colliders fixed ones. */
import '@babylonjs/core/Physics/joinedPhysicsEngineComponent.js';
import { Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import type { TransformNode } from '@babylonjs/core/Meshes/transformNode.js';
import { PhysicsMotionType } from '@babylonjs/core/Physics/v2/IPhysicsEnginePlugin.js';
import { PhysicsBody } from '@babylonjs/core/Physics/v2/physicsBody.js';
import { PhysicsShapeContainer, type PhysicsShape } from '@babylonjs/core/Physics/v2/physicsShape.js';
import type { Scene } from '@babylonjs/core/scene.js';
import type { GLTFLoader } from '@babylonjs/loaders/glTF/2.0/glTFLoader.js';
import type { IGLTFLoaderExtension } from '@babylonjs/loaders/glTF/2.0/glTFLoaderExtension.js';
import type { INode } from '@babylonjs/loaders/glTF/2.0/glTFLoaderInterfaces.js';
import { SceneMakerError } from '../../protocol/index.js';
import { createFrame, type Frame } from '../frames.js';
import { createCarrier, relativePlace } from './carrier.js';
import { type BodyDefinition, RIGID_BODIES } from './definitions.js';
import { createColliderShape } from './shapes.js';

export interface PhysicsLoaderOptions {
  /** Bodies sleep until something touches them, as a settled scene may. Absent: no. */
  startAsleep?: boolean;
}

export class PhysicsLoader implements IGLTFLoaderExtension {
  readonly name: string = RIGID_BODIES;
  readonly enabled: boolean = true;
  readonly #loader: GLTFLoader;
  readonly #options: PhysicsLoaderOptions;

  constructor(loader: GLTFLoader, options: PhysicsLoaderOptions) {
    this.#loader = loader;
    this.#options = options;
  }

  dispose(): void {
    // Nothing is held: bodies and shapes belong to the scene's physics engine.
  }

  /** All nodes are loaded and placed. */
  async onReady(): Promise<void> {
    const scene = this.#loader.babylonScene;
    const frame = createFrame(scene.useRightHandedSystem);
    if (!scene.isPhysicsEnabled()) {
      throw new SceneMakerError('bad-request', 'enable the physics of the scene before a file with bodies is loaded');
    }
    const bodies = new Map<TransformNode, { definition: BodyDefinition; colliders: [TransformNode, PhysicsShape][] }>();
    for (const [node, transform, definition] of this.#physicsNodes()) {
      if (definition.motion) bodies.set(transform, { definition, colliders: [] });
      if (!definition.collider) continue;
      const shape = await createColliderShape(this.#loader, node, definition.collider, frame);
      const owner = ownerOf(transform);
      const body = bodies.get(owner) ?? { definition: {}, colliders: [] };
      body.colliders.push([transform, shape]);
      bodies.set(owner, body);
    }
    for (const [transform, { definition, colliders }] of bodies) {
      createBody(scene, transform, definition, colliders, frame, this.#options.startAsleep ?? false);
    }
  }

  /** Nodes of the loaded scene with physics, parents first. */
  #physicsNodes(): [INode, TransformNode, BodyDefinition][] {
    const found: [INode, TransformNode, BodyDefinition][] = [];
    for (const node of this.#loader.gltf.nodes ?? []) {
      const definition = definitionOf(node);
      const transform = node._babylonTransformNode;
      if (definition && transform) {
        found.push([node, transform, definition]);
        transform.metadata = { ...transform.metadata, [RIGID_BODIES]: definition };
      }
    }
    return found;
  }
}

const definitionOf = (node: INode): BodyDefinition | undefined =>
  node.extensions?.[RIGID_BODIES] as BodyDefinition | undefined;

/** The nearest node upwards with motion, which a collider moves with; the node itself where there is none. */
function ownerOf(transform: TransformNode): TransformNode {
  for (let node: TransformNode | null = transform; node; node = node.parent as TransformNode | null) {
    const definition = (node.metadata as Record<string, BodyDefinition> | null)?.[RIGID_BODIES];
    if (definition?.motion) return node;
  }
  return transform;
}

function createBody(
  scene: Scene,
  transform: TransformNode,
  { motion }: BodyDefinition,
  colliders: [TransformNode, PhysicsShape][],
  frame: Frame,
  startAsleep: boolean,
): void {
  const container = new PhysicsShapeContainer(scene);
  for (const [node, shape] of colliders) {
    const { scale, rotation, translation } = relativePlace(node, transform);
    container.addChild(shape, frame.point(translation), frame.rotation(rotation), scale);
  }
  const carrier = frame.rightHanded ? transform : createCarrier(transform, scene);
  const moving = motion?.isKinematic ? PhysicsMotionType.ANIMATED : PhysicsMotionType.DYNAMIC;
  const body = new PhysicsBody(carrier, motion ? moving : PhysicsMotionType.STATIC, startAsleep, scene);
  body.shape = container;
  if (!motion) return;
  const { mass, centerOfMass, inertiaDiagonal, inertiaOrientation, linearVelocity, angularVelocity } = motion;
  body.setMassProperties({
    ...body.computeMassProperties(),
    ...(mass !== undefined && { mass }),
    ...(centerOfMass && { centerOfMass: frame.point(centerOfMass) }),
    // Havok takes inertia per kilogram.
    ...(inertiaDiagonal && mass !== undefined && { inertia: Vector3.FromArray(inertiaDiagonal).scale(1 / mass) }),
    ...(inertiaOrientation && { inertiaOrientation: frame.rotation(inertiaOrientation) }),
  });
  const toWorld = (vector: Vector3): Vector3 => vector.applyRotationQuaternion(carrier.absoluteRotationQuaternion);
  if (linearVelocity) body.setLinearVelocity(toWorld(frame.point(linearVelocity)));
  if (angularVelocity) body.setAngularVelocity(toWorld(frame.spin(angularVelocity)));
  if (motion.gravityFactor !== undefined) body.setGravityFactor(motion.gravityFactor);
}
