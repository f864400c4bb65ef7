/** A scene made ready to be asked about: bodies for touch, trees of triangles for sight. */
import { convexHull, createMeshBvh, meshBounds, quat, vec3, type Mesh, type MeshBvh } from '../geometry/index.js';
import { createBody, type Body } from '../physics/collide/body.js';
import { SceneMakerError } from '../protocol/errors.js';
import type { Collider, SceneDescription, SceneObject } from '../scene/index.js';

/** The name of the ground wherever an object's id may stand. */
export const GROUND_NAME = 'ground';

export interface SceneIndex {
  readonly scene: SceneDescription;
  /** In the order of the scene's objects. One without colliders has the convex hull of its mesh. */
  readonly bodies: readonly Body[];
  /**
   * The object with this id, or else the only one with this label.
   *
   * @throws SceneMakerError `bad-request` where there is none, or more than one.
   */
  find(name: string): number;
  /** The triangles of an object's mesh, in canonical space. */
  surface(object: number): MeshBvh;
}

/** Trees last as long as the meshes they are of: a scene whose objects moved needs no new ones. */
const surfaces = new WeakMap<Mesh, MeshBvh>();

export function indexScene(scene: SceneDescription): SceneIndex {
  const { objects } = scene;
  return {
    scene,
    bodies: objects.map((object) => createBody(object.id, solidOf(object), object.pose)),
    find: (name) => findObject(objects, name),
    surface(object) {
      const { mesh } = objects[object];
      const known = surfaces.get(mesh) ?? createMeshBvh(mesh);
      surfaces.set(mesh, known);
      return known;
    },
  };
}

function findObject(objects: readonly SceneObject[], name: string): number {
  const byId = objects.findIndex(({ id }) => id === name);
  if (byId >= 0) return byId;
  const labelled = objects.flatMap(({ label }, i) => (label.toLowerCase() === name.toLowerCase() ? [i] : []));
  if (labelled.length === 1) return labelled[0];
  const allowed = (labelled.length > 1 ? labelled.map((i) => objects[i]) : objects).map(({ id }) => id);
  const problem =
    labelled.length > 1 ? `${labelled.length} objects are labelled ${name}` : `there is no object ${name}`;
  throw new SceneMakerError('bad-request', `${problem}; there are ${allowed.join(', ') || 'no objects'}`, {
    given: name,
    allowed,
  });
}

/** Flat meshes have no hull; their box, a little thick, stands for them. */
const LEAST_HALF_EXTENT = 1e-3;

function solidOf({ colliders, mesh }: SceneObject): readonly Collider[] {
  if (colliders.length > 0) return colliders;
  const hull = convexHull(mesh.positions, { maxVertices: 64 });
  if (hull) return [{ kind: 'hull', ...hull }];
  const { min, max } = meshBounds(mesh);
  const [x, y, z] = vec3.scale(vec3.sub(max, min), 0.5).map((half) => Math.max(half, LEAST_HALF_EXTENT));
  return [{ kind: 'box', center: vec3.lerp(min, max, 0.5), rotation: quat.IDENTITY, halfExtents: [x, y, z] }];
}
