/** What a simulator made of an exported scene, against the description it was exported from. */
import { expect } from 'vitest';
import { mat3, quat, vec3, type Mat3, type Quat, type Vec3 } from '@scenemaker/sdk/geometry';
import type { SceneDescription, SceneObject } from '@scenemaker/sdk/scene';

/** In a world with z up: metres, kilograms. */
export interface SeenBody {
  name: string;
  massKg: number;
  /** Of the body's frame. */
  position: Vec3;
  /** xyzw */
  rotation: Quat;
  /** In the world. */
  centerOfMass: Vec3;
  /** About the centre of mass, in the world's axes. */
  inertia: Mat3;
  /** The box around its visual mesh in the world: smallest corner, then largest. Absent where it is not told. */
  visual?: number[];
}

export const METERS = 0.001;
export const RADIANS = (0.1 * Math.PI) / 180;

/** Turns y up to z up. Written out here, so that the tests do not trust the exporters' own. */
const TURN: Quat = [Math.SQRT1_2, 0, 0, Math.SQRT1_2];

/** The tensor of principal moments in the frame that `rotation` leads to. */
export function tensorOf(principal: Vec3, rotation: Quat): Mat3 {
  const axes = quat.toMat3(rotation);
  const diagonal: Mat3 = [principal[0], 0, 0, 0, principal[1], 0, 0, 0, principal[2]];
  return mat3.multiply(mat3.multiply(axes, diagonal), mat3.transpose(axes));
}

function expected({ pose, properties }: SceneObject): Omit<SeenBody, 'name'> {
  const center = vec3.scale(properties.centerOfMass.value, pose.size);
  const world = vec3.add(quat.rotate(pose.rotation, center), pose.translation);
  const axes = quat.multiply(TURN, quat.multiply(pose.rotation, properties.inertiaRotation));
  return {
    massKg: properties.massKg.value,
    position: quat.rotate(TURN, pose.translation),
    // The body's own frame has its z up, too.
    rotation: quat.multiply(quat.multiply(TURN, pose.rotation), quat.conjugate(TURN)),
    centerOfMass: quat.rotate(TURN, world),
    inertia: tensorOf(properties.inertiaPrincipal.value, axes),
  };
}

/** Every object is there, in order, with pose, mass, centre of mass, inertia tensor, principal axes, visual mesh. */
export function expectSameBodies(seen: readonly SeenBody[], scene: SceneDescription): void {
  expect(seen).toHaveLength(scene.objects.length);
  for (const [index, object] of scene.objects.entries()) {
    const [actual, wanted] = [seen[index], expected(object)];
    expect(Math.abs(actual.massKg / wanted.massKg - 1), `mass of ${object.id}`).toBeLessThan(1e-6);
    expect(vec3.distance(actual.centerOfMass, wanted.centerOfMass), `centre of ${object.id}`).toBeLessThan(1e-5);
    expectSamePose(actual, wanted, object.id);
    const size = Math.max(...wanted.inertia.map(Math.abs));
    for (let k = 0; k < 9; k++) {
      const difference = Math.abs(actual.inertia[k] - wanted.inertia[k]) / size;
      expect(difference, `inertia ${k} of ${object.id}`).toBeLessThan(1e-5);
    }
    expectSameAxes(actual.inertia, wanted.inertia, object.id);
    const drawn = worldBounds(object);
    for (const [k, value] of actual.visual?.entries() ?? []) {
      expect(Math.abs(value - drawn[k]), `visual mesh of ${object.id}`).toBeLessThan(1e-5);
    }
  }
}

/** Within 1 mm and 0.1 degrees of where the description has them; the orientation of what is `round` is left out. */
export function expectSamePoses(seen: readonly SeenBody[], scene: SceneDescription, round: string[] = []): void {
  for (const [index, object] of scene.objects.entries()) {
    const wanted = expected(object);
    const rotation = round.includes(object.id) ? wanted.rotation : seen[index].rotation;
    expectSamePose({ ...seen[index], rotation }, wanted, object.id);
  }
}

/** What a simulator saw when the scene was loaded and after it stood for a while; `round` as for `expectSamePoses`. */
export function expectSameScene(
  { before, after }: { before: readonly SeenBody[]; after: readonly SeenBody[] },
  scene: SceneDescription,
  round: string[] = [],
): void {
  expectSameBodies(before, scene);
  expectSamePoses(after, scene, round);
}

function expectSamePose(
  actual: Pick<SeenBody, 'position' | 'rotation'>,
  wanted: Pick<SeenBody, 'position' | 'rotation'>,
  id: string,
): void {
  expect(vec3.distance(actual.position, wanted.position), `position of ${id}`).toBeLessThan(METERS);
  expect(quat.angleBetween(actual.rotation, wanted.rotation), `orientation of ${id}`).toBeLessThan(RADIANS);
}

/** Principal axes are lines; where two moments are alike, theirs are anywhere in a plane. */
function expectSameAxes(actual: Mat3, wanted: Mat3, id: string): void {
  const [a, b] = [mat3.eigenSymmetric(actual), mat3.eigenSymmetric(wanted)];
  for (let k = 0; k < 3; k++) {
    const apart = b.values.every((value, j) => j === k || Math.abs(value - b.values[k]) > 0.02 * b.values[2]);
    if (!apart) continue;
    const axis: Vec3 = [k === 0 ? 1 : 0, k === 1 ? 1 : 0, k === 2 ? 1 : 0];
    const cosine = Math.abs(vec3.dot(quat.rotate(a.rotation, axis), quat.rotate(b.rotation, axis)));
    expect(Math.acos(Math.min(1, cosine)), `principal axis ${k} of ${id}`).toBeLessThan(RADIANS);
  }
}

/** The box around each object's mesh in the world, z up: smallest corner, then largest. */
export function worldBounds({ mesh, pose }: SceneObject): number[] {
  const points: Vec3[] = [];
  for (const vertex of mesh.indices) {
    const point: Vec3 = [mesh.positions[3 * vertex], mesh.positions[3 * vertex + 1], mesh.positions[3 * vertex + 2]];
    const world = vec3.add(quat.rotate(pose.rotation, vec3.scale(point, pose.size)), pose.translation);
    points.push(quat.rotate(TURN, world));
  }
  const axis = (k: number): number[] => points.map((point) => point[k]);
  return [0, 1, 2, 3, 4, 5].map((k) => (k < 3 ? Math.min(...axis(k)) : Math.max(...axis(k - 3))));
}
