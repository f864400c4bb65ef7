/** What a person knows better about an object, and what follows from it. */
import { quat, type SceneDescription, type SceneObject, type Vec3, vec3 } from '@scenemaker/sdk';
import { physicalProperties, type PropertyOverrides } from '@scenemaker/sdk/physics';

export interface ObjectEdits {
  label?: string;
  /** Of the longest side. */
  sizeMeters?: number;
  massKg?: number;
  /** One of `MATERIALS`. */
  material?: string;
  friction?: number;
}

/**
 * The object with the edits and all that depends on them; its lowest point stays at its height. What was given
 * before stays given, but a new material brings its own mass and friction.
 *
 * Errors: bad-request for a value out of range.
 */
export function editObject(object: SceneObject, edits: ObjectEdits): SceneObject {
  const { properties, pose } = object;
  const label = edits.label ?? object.label;
  const size = edits.sizeMeters ?? pose.size;
  const overrides: PropertyOverrides =
    edits.material === undefined ? { ...givenIn(object), ...propertiesIn(edits) } : { material: edits.material };
  const { massKg, densityKgPerM3, inertiaPrincipal, centerOfMass, inertiaRotation } = properties;
  const volume = massKg.value / densityKgPerM3.value / pose.size ** 3;
  const solid = {
    volume,
    centerOfMass: centerOfMass.value,
    principal: vec3.scale(inertiaPrincipal.value, volume / massKg.value / pose.size ** 2),
    principalRotation: inertiaRotation,
  };
  const lift = (pose.size - size) * lowestPoint(object);
  return {
    ...object,
    label,
    properties: physicalProperties(label, solid, size, overrides),
    pose: { ...pose, size, translation: vec3.add(pose.translation, [0, lift, 0]) },
  };
}

export function replaceObject(scene: SceneDescription, object: SceneObject): SceneDescription {
  return { ...scene, objects: scene.objects.map((other) => (other.id === object.id ? object : other)) };
}

/** Without the object, and nothing rests on it any more. */
export function removeObject(scene: SceneDescription, id: string): SceneDescription {
  const objects = scene.objects
    .filter((object) => object.id !== id)
    .map((object) => (object.restsOn === id ? { ...object, restsOn: null } : object));
  return { ...scene, objects };
}

function givenIn({ properties: { material, massKg, friction } }: SceneObject): PropertyOverrides {
  return {
    ...(material.source === 'given' && { material: material.value }),
    ...(massKg.source === 'given' && { massKg: massKg.value }),
    ...(friction.source === 'given' && { friction: friction.value }),
  };
}

function propertiesIn({ massKg, friction }: ObjectEdits): PropertyOverrides {
  return { ...(massKg !== undefined && { massKg }), ...(friction !== undefined && { friction }) };
}

/** Height of the lowest vertex above the object's origin for size 1. */
function lowestPoint({ mesh: { positions }, pose }: SceneObject): number {
  const up: Vec3 = quat.rotate(quat.conjugate(pose.rotation), vec3.UP);
  let lowest = Infinity;
  for (let i = 0; i < positions.length; i += 3) {
    lowest = Math.min(lowest, positions[i] * up[0] + positions[i + 1] * up[1] + positions[i + 2] * up[2]);
  }
  return lowest;
}
