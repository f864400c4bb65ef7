/** What physics sees of the scene: colliders in place of the objects, contacts, centres of mass, and what rests on what. */
import { StandardMaterial } from '@babylonjs/core/Materials/standardMaterial.js';
import { Color3 } from '@babylonjs/core/Maths/math.color.js';
import { Quaternion } from '@babylonjs/core/Maths/math.vector.js';
import { CreateCylinder } from '@babylonjs/core/Meshes/Builders/cylinderBuilder.js';
import { CreateSphere } from '@babylonjs/core/Meshes/Builders/sphereBuilder.js';
import { Mesh } from '@babylonjs/core/Meshes/mesh.js';
import { VertexData } from '@babylonjs/core/Meshes/mesh.vertexData.js';
import type { Scene } from '@babylonjs/core/scene.js';
import { quat, type SceneDescription, type SceneObject, smoothNormals, vec3, type Vec3 } from '@scenemaker/sdk';
import { createBody } from '@scenemaker/sdk/physics';
import { bodyMesh, contactsOf, GROUND_NAME, indexScene, supportsOf } from '@scenemaker/sdk/queries';
import { colorOf, indexOfId } from '../picture/palette.js';
import type { Overlay } from '../state/view.js';

export interface Overlays {
  /** Draws anew what is wanted, for objects where they are now. Colliders and centres of mass move with them. */
  draw(scene: SceneDescription, wanted: ReadonlySet<Overlay>): void;
  /** Draws contacts and supports anew, after objects moved. */
  refresh(scene: SceneDescription): void;
}

/** Over everything else, since what they mark lies inside objects. */
const IN_FRONT = 1;

/** `parentOf` gives the mesh that stands for an object; what sticks to it is hung on it. */
export function createOverlays(scene: Scene, parentOf: (id: string) => Mesh | undefined): Overlays {
  const paint = (name: string, [r, g, b]: readonly [number, number, number]): StandardMaterial => {
    const material = new StandardMaterial(name, scene);
    material.disableLighting = true;
    material.emissiveColor = new Color3(r / 255, g / 255, b / 255);
    return material;
  };
  const contactPaint = paint('contact', [255, 82, 82]);
  const massPaint = paint('mass', [255, 214, 64]);
  const supportPaint = paint('support', [80, 160, 255]);
  const attached: Mesh[] = [];
  const loose: Mesh[] = [];
  let wanted: ReadonlySet<Overlay> = new Set();

  const dot = (at: Vec3, diameter: number, material: StandardMaterial, parent?: Mesh): void => {
    const mesh = CreateSphere('mark', { diameter, segments: 12 }, scene);
    mesh.position.set(...at);
    mesh.material = material;
    mesh.renderingGroupId = IN_FRONT;
    mesh.isPickable = false;
    mesh.parent = parent ?? null;
    (parent ? attached : loose).push(mesh);
  };

  const arrow = (from: Vec3, to: Vec3, width: number): void => {
    const along = vec3.sub(to, from);
    const length = vec3.length(along);
    if (length < 1e-6) return;
    const head = Math.min(5 * width, length / 2);
    const part = (start: number, end: number, diameterTop: number, diameterBottom: number): void => {
      const mesh = CreateCylinder(
        'support',
        { height: end - start, diameterTop, diameterBottom, tessellation: 12 },
        scene,
      );
      const middle = vec3.add(from, vec3.scale(along, (start + end) / 2 / length));
      mesh.position.set(...middle);
      const turn = quat.between(vec3.UP, vec3.scale(along, 1 / length));
      mesh.rotationQuaternion = new Quaternion(...turn);
      mesh.material = supportPaint;
      mesh.renderingGroupId = IN_FRONT;
      mesh.isPickable = false;
      loose.push(mesh);
    };
    part(0, length - head, width, width);
    part(length - head, length, 0, 3 * width);
  };

  const colliders = (object: SceneObject, parent: Mesh): void => {
    const still = { rotation: quat.IDENTITY, translation: vec3.ZERO, size: object.pose.size };
    const surface = bodyMesh(createBody(object.id, object.colliders, still));
    const mesh = new Mesh('collider', scene);
    const data = new VertexData();
    data.positions = surface.positions;
    data.indices = surface.indices;
    data.normals = smoothNormals(surface);
    data.applyToMesh(mesh);
    mesh.convertToFlatShadedMesh();
    const [r, g, b] = colorOf(indexOfId(object.id));
    const material = new StandardMaterial('collider', scene);
    material.diffuseColor = new Color3(r / 255, g / 255, b / 255).scale(0.8);
    material.specularColor = Color3.Black();
    mesh.material = material;
    parent.isVisible = false;
    mesh.parent = parent;
    mesh.isPickable = false;
    attached.push(mesh);
  };

  const clear = (meshes: Mesh[]): void => {
    for (const mesh of meshes.splice(0)) mesh.dispose(false, mesh.name === 'collider');
  };

  const refresh = (present: SceneDescription): void => {
    clear(loose);
    const [contacts, supports] = [wanted.has('contacts'), wanted.has('supports')];
    if (!contacts && !supports) return;
    const index = indexScene(present);
    const unit = meanSize(present);
    if (contacts) for (const { point } of contactsOf(index)) dot(point, 0.06 * unit, contactPaint);
    if (!supports) return;
    const middles = new Map(present.objects.map((object) => [object.id, middleOf(object)]));
    for (const [id, on] of supportsOf(index)) {
      const from = middles.get(id);
      if (!from) continue;
      for (const other of on) {
        const below: Vec3 = [from[0], present.ground.height, from[2]];
        const to = other === GROUND_NAME ? below : middles.get(other);
        if (to) arrow(from, to, 0.03 * unit);
      }
    }
  };

  return {
    refresh,
    draw(present, chosen) {
      wanted = chosen;
      clear(attached);
      const unit = meanSize(present);
      for (const object of present.objects) {
        const parent = parentOf(object.id);
        if (!parent) continue;
        parent.isVisible = true;
        if (wanted.has('colliders') && object.colliders.length > 0) colliders(object, parent);
        const middle = vec3.scale(object.properties.centerOfMass.value, object.pose.size);
        if (wanted.has('masses')) dot(middle, 0.1 * unit, massPaint, parent);
      }
      refresh(present);
    },
  };
}

function meanSize({ objects }: SceneDescription): number {
  return objects.reduce((sum, { pose }) => sum + pose.size, 0) / Math.max(1, objects.length);
}

/** Its centre of mass in the world. */
function middleOf({ pose, properties }: SceneObject): Vec3 {
  const offset = vec3.scale(properties.centerOfMass.value, pose.size);
  return vec3.add(pose.translation, quat.rotate(pose.rotation, offset));
}
