/** Scenes for tests of physics, put together from simple solids in metres. */
import { meshBounds, quat, vec3, type Mesh, type Quat, type Vec3 } from '@scenemaker/sdk/geometry';
import { SCENE_DESCRIPTION_VERSION, type SceneDescription, type SceneObject } from '@scenemaker/sdk/scene';

export interface Thing {
  /** In metres, any size, anywhere about the origin. */
  mesh: Mesh;
  at: Vec3;
  rotation?: Quat;
  label?: string;
  /** How sure the pose is. */
  pose?: number;
}

/** A solid in canonical space with the size that it had. */
export function canonical(mesh: Mesh): { mesh: Mesh; size: number; center: Vec3 } {
  const { min, max } = meshBounds(mesh);
  const center = vec3.lerp(min, max, 0.5);
  const size = Math.max(...vec3.sub(max, min));
  return {
    mesh: { ...mesh, positions: mesh.positions.map((value, i) => (value - center[i % 3]) / size) },
    size,
    center,
  };
}

export function thing(
  id: string,
  { mesh, at, rotation = quat.IDENTITY, label = 'object', pose = 0.5 }: Thing,
): SceneObject {
  const { mesh: unit, size, center } = canonical(mesh);
  const unset = { value: 0, source: 'default' } as const;
  return {
    id,
    label,
    scores: { mask: 1, shape: 1, pose },
    visibleFraction: 1,
    mask: { width: 1, height: 1, runs: Uint32Array.of(0, 1) },
    mesh: unit,
    pose: { rotation, translation: vec3.add(at, quat.rotate(rotation, center)), size },
    properties: {
      material: { value: 'unknown', source: 'default' },
      densityKgPerM3: unset,
      massKg: unset,
      centerOfMass: { value: vec3.ZERO, source: 'default' },
      inertiaPrincipal: { value: vec3.ZERO, source: 'default' },
      inertiaRotation: quat.IDENTITY,
      friction: unset,
      restitution: unset,
    },
    colliders: [],
    restsOn: null,
  };
}

/** Things on a ground at height 0. */
export function sceneOf(things: Record<string, Thing>): SceneDescription {
  return {
    version: SCENE_DESCRIPTION_VERSION,
    cameras: [
      {
        width: 640,
        height: 480,
        fx: 600,
        fy: 600,
        cx: 320,
        cy: 240,
        intrinsicsFrom: 'given',
        cameraToWorld: { rotation: [1, 0, 0, 0], translation: [0, 0.5, 2] },
      },
    ],
    scale: { measured: false, source: 'estimated' },
    ground: { height: 0, halfExtent: 2, center: [0, 0], color: [128, 128, 128], friction: 0.6, confidence: 1 },
    objects: Object.entries(things).map(([id, entry]) => thing(id, entry)),
    provenance: { pack: 'test', generator: 'test', seed: 0, options: {}, seconds: {}, executionProvider: 'none' },
  };
}
