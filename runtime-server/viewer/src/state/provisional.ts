/** What can be shown of a scene while it is being made. */
import type { Preview, SceneDescription, SceneObject } from '@scenemaker/sdk';
import type { Run } from './run.js';

/** Objects so far, in their order: final ones, and shapes of those that are not yet. */
export function objectsSoFar({ scene, estimated, objects, shapes }: Run): readonly SceneObject[] {
  const made = scene.value ?? estimated.value;
  if (made) return made.objects;
  const known = new Map(shapes.value);
  for (const object of objects.value) known.set(object.id, object);
  return [...known.values()];
}

/** Whether this is a shape that waits for its place. */
export const isWaitingForPlace = ({ shapes }: Run, object: SceneObject): boolean =>
  shapes.value.get(object.id) === object;

/** Before the scene is there its objects are: on a ground at height 0, as the world has it. */
export function sceneSoFar(run: Run): SceneDescription | undefined {
  const made = run.scene.value ?? run.estimated.value;
  if (made) return made;
  const objects = objectsSoFar(run);
  return objects.length === 0 ? undefined : { ...EMPTY, objects: [...objects] };
}

const EMPTY: SceneDescription = {
  version: 1,
  cameras: [],
  scale: { measured: false, source: 'estimated' },
  ground: { height: 0, halfExtent: 1, center: [0, 0], color: [170, 168, 164], friction: 0.6, confidence: 0 },
  objects: [],
  provenance: { pack: '', generator: '', seed: 0, options: {}, seconds: {}, executionProvider: '' },
};

/** A shape as an object, for what draws objects: all but name, mesh and pose is still to come. */
export function shapeAlone({ objectId, label, mesh, pose }: Extract<Preview, { kind: 'shape' }>): SceneObject {
  const unknown = <T>(value: T) => ({ value, source: 'default' as const });
  return {
    id: objectId,
    label,
    scores: { mask: 0, shape: 0, pose: 0 },
    visibleFraction: 0,
    mask: { width: 1, height: 1, runs: Uint32Array.of(1) },
    mesh,
    pose,
    properties: {
      material: unknown('unknown'),
      densityKgPerM3: unknown(1),
      massKg: unknown(1),
      centerOfMass: unknown([0, 0, 0]),
      inertiaPrincipal: unknown([1, 1, 1]),
      inertiaRotation: [0, 0, 0, 1],
      friction: unknown(0),
      restitution: unknown(0),
    },
    colliders: [],
    restsOn: null,
  };
}
