/** Scenes with known answers, put together from simple solids in metres, on a ground at height 0. */
import { boxMesh, cylinderMesh, latheMesh, sphereMesh, vec3, type Vec3 } from '@scenemaker/sdk/geometry';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import { sceneOf, type Thing } from './settle-scenes.js';

/** Things with friction, so that they can be held. */
export function queryScene(things: Record<string, Thing>): SceneDescription {
  const scene = sceneOf(things);
  return {
    ...scene,
    objects: scene.objects.map((object) => ({
      ...object,
      properties: { ...object.properties, friction: { value: 0.5, source: 'given' } },
    })),
  };
}

export const block = (size: Vec3, at: Vec3, label = 'block'): Thing => ({
  mesh: boxMesh(...vec3.scale(size, 0.5)),
  at,
  label,
});

export const ball = (radius: number, at: Vec3): Thing => ({ mesh: sphereMesh(radius), at, label: 'ball' });

export const can = (radius: number, height: number, at: Vec3): Thing => ({
  mesh: cylinderMesh(radius, height / 2),
  at,
  label: 'can',
});

/** An open bowl, 30 cm wide and 15 cm high, with its foot at `at`. */
export const bowl = (at: Vec3): Thing => ({
  mesh: latheMesh([[0, 0], [0.08, 0], [0.15, 0.15], [0.14, 0.15], [0.075, 0.01], [0, 0.01]], 32), // prettier-ignore
  at,
  label: 'bowl',
});

/** The scene with boxes, given in the world, as the colliders of one of its objects, which is not turned. */
export function withBoxes(
  scene: SceneDescription,
  id: string,
  boxes: { center: Vec3; half: Vec3 }[],
): SceneDescription {
  return {
    ...scene,
    objects: scene.objects.map((object) =>
      object.id === id
        ? {
            ...object,
            colliders: boxes.map(({ center, half }) => ({
              kind: 'box' as const,
              center: vec3.scale(vec3.sub(center, object.pose.translation), 1 / object.pose.size),
              rotation: [0, 0, 0, 1] as const,
              halfExtents: vec3.scale(half, 1 / object.pose.size),
            })),
          }
        : object,
    ),
  };
}
