import { Extension, ExtensionProperty, type IProperty, type Nullable } from '@gltf-transform/core';
import type { ReaderContext, WriterContext } from '@gltf-transform/core';

export const KHR_IMPLICIT_SHAPES = 'KHR_implicit_shapes';

/** A shape about the origin of its node, axis along y, metres. `size` and `height` are full lengths. */
export type ShapeDefinition =
  | { type: 'box'; box: { size: number[] } }
  | { type: 'sphere'; sphere: { radius: number } }
  | { type: 'cylinder'; cylinder: { height: number; radiusBottom: number; radiusTop: number } }
  /** `height` is the distance between the centres of the two end spheres. */
  | { type: 'capsule'; capsule: { height: number; radiusBottom: number; radiusTop: number } };

interface IImplicitShape extends IProperty {
  definition: ShapeDefinition;
}

export class ImplicitShape extends ExtensionProperty<IImplicitShape> {
  static override EXTENSION_NAME: typeof KHR_IMPLICIT_SHAPES = KHR_IMPLICIT_SHAPES;
  declare extensionName: typeof KHR_IMPLICIT_SHAPES;
  declare propertyType: 'ImplicitShape';
  declare parentTypes: ['RigidBody'];

  protected init(): void {
    this.extensionName = KHR_IMPLICIT_SHAPES;
    this.propertyType = 'ImplicitShape';
    this.parentTypes = ['RigidBody'];
  }

  protected override getDefaults(): Nullable<IImplicitShape> {
    const definition: ShapeDefinition = { type: 'sphere', sphere: { radius: 0.5 } };
    return Object.assign(super.getDefaults() as IProperty, { definition });
  }

  getDefinition(): ShapeDefinition {
    return this.get('definition');
  }

  setDefinition(definition: ShapeDefinition): this {
    return this.set('definition', definition);
  }
}

/** The document's list of implicit shapes, referred to by index from the bodies. */
export class KHRImplicitShapes extends Extension {
  static override readonly EXTENSION_NAME: typeof KHR_IMPLICIT_SHAPES = KHR_IMPLICIT_SHAPES;
  override readonly extensionName: typeof KHR_IMPLICIT_SHAPES = KHR_IMPLICIT_SHAPES;

  createShape(definition: ShapeDefinition): ImplicitShape {
    return new ImplicitShape(this.document.getGraph()).setDefinition(definition);
  }

  /** In the order they were made, which is the order of their indices in the file. */
  listShapes(): ImplicitShape[] {
    return [...this.properties] as ImplicitShape[];
  }

  /** Nothing to do: the bodies that refer to shapes make them. */
  override read(_context: ReaderContext): this {
    return this;
  }

  override write(context: WriterContext): this {
    const shapes = this.listShapes().map((shape) => shape.getDefinition());
    if (shapes.length > 0) (context.jsonDoc.json.extensions ??= {})[KHR_IMPLICIT_SHAPES] = { shapes };
    return this;
  }
}
