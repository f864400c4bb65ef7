/** Colliders of a glTF file as shapes of Babylon's physics. */
import { Quaternion, Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import { Mesh } from '@babylonjs/core/Meshes/mesh.js';
import { VertexData } from '@babylonjs/core/Meshes/mesh.vertexData.js';
import type { TransformNode } from '@babylonjs/core/Meshes/transformNode.js';
import { PhysicsMaterialCombineMode } from '@babylonjs/core/Physics/v2/physicsMaterial.js';
import {
  PhysicsShapeBox,
  PhysicsShapeCapsule,
  PhysicsShapeConvexHull,
  PhysicsShapeCylinder,
  PhysicsShapeMesh,
  PhysicsShapeSphere,
  type PhysicsShape,
} from '@babylonjs/core/Physics/v2/physicsShape.js';
import type { Scene } from '@babylonjs/core/scene.js';
import type { GLTFLoader } from '@babylonjs/loaders/glTF/2.0/glTFLoader.js';
import type { INode } from '@babylonjs/loaders/glTF/2.0/glTFLoaderInterfaces.js';
import { SceneMakerError } from '../../protocol/index.js';
import type { Frame } from '../frames.js';
import { relativePlace } from './carrier.js';
import {
  type BodyDefinition,
  type Combine,
  IMPLICIT_SHAPES,
  type MaterialDefinition,
  RIGID_BODIES,
  type RoundDefinition,
  type ShapeDefinition,
} from './definitions.js';

type ColliderDefinition = NonNullable<BodyDefinition['collider']>;

/** In the frame of the collider's node, mirrored where the frame is. Errors: bad-request for a reference to nothing. */
export async function createColliderShape(
  loader: GLTFLoader,
  node: INode,
  { geometry, physicsMaterial }: ColliderDefinition,
  frame: Frame,
): Promise<PhysicsShape> {
  const { gltf, babylonScene: scene } = loader;
  const name = node.name ?? `node ${node.index}`;
  let shape: PhysicsShape;
  if (geometry.shape !== undefined) {
    const shapes = gltf.extensions?.[IMPLICIT_SHAPES] as { shapes?: ShapeDefinition[] } | undefined;
    shape = createImplicitShape(expectItem(shapes?.shapes, geometry.shape, name), scene, name);
  } else {
    const target = expectItem(gltf.nodes, geometry.node, name);
    shape = await createMeshShape(loader, target, geometry.convexHull ?? false, name, frame);
  }
  if (physicsMaterial !== undefined) {
    const list = gltf.extensions?.[RIGID_BODIES] as { physicsMaterials?: MaterialDefinition[] } | undefined;
    shape.material = toMaterial(expectItem(list?.physicsMaterials, physicsMaterial, name));
  }
  return shape;
}

function expectItem<T>(list: readonly T[] | undefined, index: number | undefined, collider: string): T {
  const item = index === undefined ? undefined : list?.[index];
  if (item !== undefined) return item;
  throw new SceneMakerError('bad-request', `the collider ${collider} refers to what the file does not hold`, {
    given: index,
  });
}

/** Sizes that are absent are those of the extension's schema. */
function createImplicitShape(definition: ShapeDefinition, scene: Scene, name: string): PhysicsShape {
  switch (definition.type) {
    case 'box':
      return new PhysicsShapeBox(
        Vector3.Zero(),
        Quaternion.Identity(),
        Vector3.FromArray(definition.box?.size ?? [1, 1, 1]),
        scene,
      );
    case 'sphere':
      return new PhysicsShapeSphere(Vector3.Zero(), definition.sphere?.radius ?? 0.5, scene);
    case 'cylinder': {
      const { end, radius } = roundOf(definition.cylinder, name);
      return new PhysicsShapeCylinder(end.negate(), end, radius, scene);
    }
    case 'capsule': {
      const { end, radius } = roundOf(definition.capsule, name);
      return new PhysicsShapeCapsule(end.negate(), end, radius, scene);
    }
    default:
      throw new SceneMakerError('bad-request', `the collider ${name} is of a kind that is not known`, {
        given: (definition as { type: unknown }).type,
        allowed: ['box', 'sphere', 'cylinder', 'capsule'],
      });
  }
}

/** Babylon's round shapes have one radius. */
function roundOf(round: RoundDefinition | undefined, name: string): { end: Vector3; radius: number } {
  const { height = 0.5, radiusBottom = 0.25, radiusTop = 0.25 } = round ?? {};
  if (radiusBottom !== radiusTop) {
    throw new SceneMakerError('bad-request', `the collider ${name} is a cone, which Babylon's physics does not know`, {
      given: [radiusBottom, radiusTop],
      allowed: 'two equal radii',
    });
  }
  return { end: new Vector3(0, height / 2, 0), radius: radiusBottom };
}

/** The node may stand outside the scene: then it is loaded for its triangles, and taken away. */
async function createMeshShape(
  loader: GLTFLoader,
  node: INode,
  convex: boolean,
  name: string,
  frame: Frame,
): Promise<PhysicsShape> {
  const known = node._babylonTransformNode;
  const transform = known ?? (await loader.loadNodeAsync(`/nodes/${node.index}`, node));
  const mesh = (node._primitiveBabylonMeshes?.[0] ?? transform) as Mesh;
  if (mesh.getTotalVertices() === 0) {
    throw new SceneMakerError('bad-request', `the collider ${name} refers to a node without a mesh`);
  }
  const scene = loader.babylonScene;
  const seen = frame.rightHanded ? mesh : mirroredMesh(mesh, transform, scene);
  const shape = convex ? new PhysicsShapeConvexHull(seen, scene) : new PhysicsShapeMesh(seen, scene);
  if (seen !== mesh) seen.dispose();
  if (!known) transform.dispose(false, true);
  return shape;
}

/** The triangles in the frame of their node, as large as they are, mirrored in z. */
function mirroredMesh(mesh: Mesh, node: TransformNode, scene: Scene): Mesh {
  const data = VertexData.ExtractFromMesh(mesh, true, true);
  const { scale } = relativePlace(mesh, node);
  const size = node.scaling.multiply(scale);
  const mirrored = new Mesh(`${mesh.name}/mirrored`, scene);
  const copy = new VertexData();
  copy.positions = Array.from(data.positions ?? [], (value, i) => [size.x, size.y, -size.z][i % 3] * value);
  // Mirrored triangles run the other way round.
  copy.indices = Array.from(data.indices ?? []).toReversed();
  copy.applyToMesh(mirrored);
  return mirrored;
}

const COMBINE: Record<Combine, PhysicsMaterialCombineMode> = {
  average: PhysicsMaterialCombineMode.ARITHMETIC_MEAN,
  minimum: PhysicsMaterialCombineMode.MINIMUM,
  maximum: PhysicsMaterialCombineMode.MAXIMUM,
  multiply: PhysicsMaterialCombineMode.MULTIPLY,
};

const toMaterial = (material: MaterialDefinition): PhysicsShape['material'] => ({
  friction: material.dynamicFriction ?? 0.6,
  staticFriction: material.staticFriction ?? 0.6,
  restitution: material.restitution ?? 0,
  frictionCombine: COMBINE[material.frictionCombine ?? 'average'],
  restitutionCombine: COMBINE[material.restitutionCombine ?? 'average'],
});
