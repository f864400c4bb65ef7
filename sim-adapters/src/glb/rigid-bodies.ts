import { Extension, ExtensionProperty, type IProperty, type Node, type Nullable } from '@gltf-transform/core';
import { PropertyType, type ReaderContext, type WriterContext } from '@gltf-transform/core';
import { type ImplicitShape, KHR_IMPLICIT_SHAPES, KHRImplicitShapes } from './implicit-shapes.js';
import type { ShapeDefinition } from './implicit-shapes.js';

export const KHR_PHYSICS_RIGID_BODIES = 'KHR_physics_rigid_bodies';

// Aliases, not interfaces: only they are plain records to glTF-Transform.
/** How a body moves; everything in the space of its node. */
export type Motion = {
  /** kg, above 0. */
  mass: number;
  /** Metres. */
  centerOfMass: number[];
  /** Principal moments about the centre of mass, kg m^2, above 0. */
  inertiaDiagonal: number[];
  /** Quaternion xyzw from the principal frame to the node. */
  inertiaOrientation: number[];
};

export type PhysicsMaterial = {
  staticFriction: number;
  dynamicFriction: number;
  restitution: number;
  frictionCombine: 'average';
  restitutionCombine: 'minimum';
};

interface IRigidBody extends IProperty {
  motion: Motion | null;
  material: PhysicsMaterial | null;
  shape: ImplicitShape;
  meshNode: Node;
}

/**
 * What a node is in a simulation: a moving body (`motion`), a collider, or both. A collider's
 * geometry is an implicit shape or the convex hull of the mesh on another node. Colliders below
 * a node with motion move with it; all others are fixed.
 */
export class RigidBody extends ExtensionProperty<IRigidBody> {
  static override EXTENSION_NAME: typeof KHR_PHYSICS_RIGID_BODIES = KHR_PHYSICS_RIGID_BODIES;
  declare extensionName: typeof KHR_PHYSICS_RIGID_BODIES;
  declare propertyType: 'RigidBody';
  declare parentTypes: [PropertyType.NODE];

  protected init(): void {
    this.extensionName = KHR_PHYSICS_RIGID_BODIES;
    this.propertyType = 'RigidBody';
    this.parentTypes = [PropertyType.NODE];
  }

  protected override getDefaults(): Nullable<IRigidBody> {
    return Object.assign(super.getDefaults() as IProperty, {
      motion: null,
      material: null,
      shape: null,
      meshNode: null,
    });
  }

  getMotion(): Motion | null {
    return this.get('motion');
  }

  setMotion(motion: Motion | null): this {
    return this.set('motion', motion);
  }

  getMaterial(): PhysicsMaterial | null {
    return this.get('material');
  }

  setMaterial(material: PhysicsMaterial | null): this {
    return this.set('material', material);
  }

  getShape(): ImplicitShape | null {
    return this.getRef('shape');
  }

  setShape(shape: ImplicitShape | null): this {
    return this.setRef('shape', shape);
  }

  /** The node whose mesh's convex hull is the collider. */
  getMeshNode(): Node | null {
    return this.getRef('meshNode');
  }

  setMeshNode(node: Node | null): this {
    return this.setRef('meshNode', node);
  }
}

/** The extension's JSON on a node. */
interface BodyJson {
  motion?: Motion;
  collider?: { geometry: { shape?: number; node?: number; convexHull?: boolean }; physicsMaterial?: number };
}

export class KHRPhysicsRigidBodies extends Extension {
  static override readonly EXTENSION_NAME: typeof KHR_PHYSICS_RIGID_BODIES = KHR_PHYSICS_RIGID_BODIES;
  override readonly extensionName: typeof KHR_PHYSICS_RIGID_BODIES = KHR_PHYSICS_RIGID_BODIES;

  createBody(): RigidBody {
    return new RigidBody(this.document.getGraph());
  }

  override read(context: ReaderContext): this {
    const { json } = context.jsonDoc;
    const shapeList = json.extensions?.[KHR_IMPLICIT_SHAPES] as { shapes?: ShapeDefinition[] } | undefined;
    const materialList = json.extensions?.[KHR_PHYSICS_RIGID_BODIES] as
      | { physicsMaterials?: PhysicsMaterial[] }
      | undefined;
    const implicitShapes = this.document.createExtension(KHRImplicitShapes);
    const shapes = (shapeList?.shapes ?? []).map((definition) => implicitShapes.createShape(definition));

    for (const [index, nodeJson] of (json.nodes ?? []).entries()) {
      const bodyJson = nodeJson.extensions?.[KHR_PHYSICS_RIGID_BODIES] as BodyJson | undefined;
      if (!bodyJson) continue;
      const body = this.createBody().setMotion(bodyJson.motion ?? null);
      const { geometry, physicsMaterial } = bodyJson.collider ?? {};
      if (geometry?.shape !== undefined) body.setShape(shapes[geometry.shape] ?? null);
      if (geometry?.node !== undefined) body.setMeshNode(context.nodes[geometry.node] ?? null);
      if (physicsMaterial !== undefined) body.setMaterial(materialList?.physicsMaterials?.[physicsMaterial] ?? null);
      context.nodes[index]?.setExtension(KHR_PHYSICS_RIGID_BODIES, body);
    }
    return this;
  }

  override write(context: WriterContext): this {
    const { json } = context.jsonDoc;
    const shapes = this.document.createExtension(KHRImplicitShapes).listShapes();
    const materials: string[] = [];

    for (const node of this.document.getRoot().listNodes()) {
      const body = node.getExtension<RigidBody>(KHR_PHYSICS_RIGID_BODIES);
      if (!body) continue;
      const [motion, shape, meshNode, material] = [
        body.getMotion(),
        body.getShape(),
        body.getMeshNode(),
        body.getMaterial(),
      ];
      const bodyJson: BodyJson = {};
      if (motion) bodyJson.motion = motion;
      if (shape) bodyJson.collider = { geometry: { shape: shapes.indexOf(shape) } };
      else if (meshNode)
        bodyJson.collider = { geometry: { node: indexOf(context.nodeIndexMap, meshNode), convexHull: true } };
      if (bodyJson.collider && material)
        bodyJson.collider.physicsMaterial = indexIn(materials, JSON.stringify(material));
      const nodeJson = json.nodes?.[indexOf(context.nodeIndexMap, node)];
      if (nodeJson) (nodeJson.extensions ??= {})[KHR_PHYSICS_RIGID_BODIES] = bodyJson;
    }
    if (materials.length > 0) {
      const physicsMaterials = materials.map((text) => JSON.parse(text) as PhysicsMaterial);
      (json.extensions ??= {})[KHR_PHYSICS_RIGID_BODIES] = { physicsMaterials };
    }
    return this;
  }
}

function indexOf(map: Map<Node, number>, node: Node): number {
  const index = map.get(node);
  if (index === undefined) throw new Error(`Node ${node.getName()} is not part of the document.`);
  return index;
}

/** The index of `item` in `list`, where it is put if it is new. */
function indexIn(list: string[], item: string): number {
  const index = list.indexOf(item);
  return index >= 0 ? index : list.push(item) - 1;
}
