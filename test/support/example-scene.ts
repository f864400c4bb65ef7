/**
 * A scene made by hand: a box, a ball, a can on the box, and a bracket of two hulls, on the ground,
 * seen by a camera that looks down at them. Every kind of collider but the capsule is in it.
 */
import type {
  Camera,
  Collider,
  Mesh,
  PhysicalProperties,
  Quat,
  SceneDescription,
  SceneObject,
  Vec3,
} from '@scenemaker/sdk';

export type Color = readonly [number, number, number];

/** A closed box about the origin with split vertices, normals and one colour a face. */
export function boxMesh(size: Vec3, color: Color = [200, 120, 60]): Mesh {
  const positions: number[] = [];
  const normals: number[] = [];
  const colors: number[] = [];
  const indices: number[] = [];
  for (let axis = 0; axis < 3; axis++) {
    for (const sign of [-1, 1]) {
      const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
      const first = positions.length / 3;
      for (const [a, b] of [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ] as const) {
        const point = [0, 0, 0];
        point[axis] = (sign * size[axis]) / 2;
        point[u] = (sign * a * size[u]) / 2;
        point[v] = (b * size[v]) / 2;
        positions.push(...point);
        normals.push(...[0, 1, 2].map((k) => (k === axis ? sign : 0)));
        const shade = 1 - 0.15 * axis;
        colors.push(...color.map((channel) => Math.round(channel * shade)), 255);
      }
      indices.push(first, first + 1, first + 2, first, first + 2, first + 3);
    }
  }
  return typed({ positions, normals, colors, indices });
}

/** A ball of diameter 1 about the origin, coloured by latitude. */
export function ballMesh(rings = 24, color: Color = [60, 140, 210]): Mesh {
  return revolve(
    Array.from({ length: rings + 1 }, (_, i) => {
      const angle = (Math.PI * i) / rings;
      return {
        radius: 0.5 * Math.sin(angle),
        y: -0.5 * Math.cos(angle),
        normal: [Math.sin(angle), -Math.cos(angle)] as const,
      };
    }),
    2 * rings,
    color,
  );
}

/** An upright can, height 1, about the origin. */
export function canMesh(radius = 0.35, sides = 32, color: Color = [190, 60, 70]): Mesh {
  const profile = [
    { radius: 0, y: -0.5, normal: [0, -1] as const },
    { radius, y: -0.5, normal: [0, -1] as const },
    { radius, y: -0.5, normal: [1, 0] as const },
    { radius, y: 0.5, normal: [1, 0] as const },
    { radius, y: 0.5, normal: [0, 1] as const },
    { radius: 0, y: 0.5, normal: [0, 1] as const },
  ];
  return revolve(profile, sides, color);
}

interface ProfilePoint {
  radius: number;
  y: number;
  /** Outwards and up. */
  normal: readonly [number, number];
}

/** Turns a profile, from the bottom to the top, about y. */
function revolve(profile: ProfilePoint[], sides: number, color: Color): Mesh {
  const mesh = { positions: [] as number[], normals: [] as number[], colors: [] as number[], indices: [] as number[] };
  for (const { radius, y, normal } of profile) {
    for (let side = 0; side <= sides; side++) {
      const angle = (2 * Math.PI * side) / sides;
      const [s, c] = [Math.sin(angle), Math.cos(angle)];
      mesh.positions.push(radius * s, y, radius * c);
      mesh.normals.push(normal[0] * s, normal[1], normal[0] * c);
      mesh.colors.push(...color.map((channel) => Math.round(channel * (0.75 + 0.25 * Math.sin(9 * y)))), 255);
    }
  }
  for (let ring = 0; ring + 1 < profile.length; ring++) {
    for (let side = 0; side < sides; side++) {
      const a = ring * (sides + 1) + side;
      const b = a + sides + 1;
      mesh.indices.push(a, a + 1, b, a + 1, b + 1, b);
    }
  }
  return typed(mesh);
}

function typed(mesh: { positions: number[]; normals: number[]; colors: number[]; indices: number[] }): Mesh {
  return {
    positions: Float32Array.from(mesh.positions),
    indices: Uint32Array.from(mesh.indices),
    normals: Float32Array.from(mesh.normals),
    colors: Uint8Array.from(mesh.colors),
  };
}

/** At the given place, looking along -z and down by `pitch` radians. */
export function lookingDown(translation: Vec3, pitch: number, width = 640, height = 480, focal = 600): Camera {
  const rotation: Quat = [Math.cos(pitch / 2), 0, 0, Math.sin(pitch / 2)];
  const [cx, cy] = [width / 2, height / 2];
  const cameraToWorld = { rotation, translation };
  return { width, height, fx: focal, fy: focal, cx, cy, intrinsicsFrom: 'given', cameraToWorld };
}

export function exampleObject(id: string, changes: Partial<SceneObject> = {}): SceneObject {
  return {
    id,
    label: 'object',
    scores: { mask: 0.9, shape: 0.8, pose: 0.7 },
    visibleFraction: 0.85,
    mask: { width: 640, height: 480, runs: Uint32Array.of(1000, 50, 306_150) },
    mesh: boxMesh([1, 0.6, 0.5]),
    pose: { rotation: [0, 0, 0, 1], translation: [0, 0.12, 0], size: 0.4 },
    properties: exampleProperties(),
    colliders: [],
    restsOn: 'ground',
    ...changes,
  };
}

export function exampleProperties(massKg = 1.25): PhysicalProperties {
  return {
    material: { value: 'wood', source: 'material' },
    densityKgPerM3: { value: 700, source: 'material' },
    massKg: { value: massKg, source: 'computed' },
    centerOfMass: { value: [0.01, -0.02, 0.03], source: 'computed' },
    inertiaPrincipal: { value: [0.011, 0.013, 0.017], source: 'computed' },
    inertiaRotation: [0, 0.6, 0, 0.8],
    friction: { value: 0.45, source: 'material' },
    restitution: { value: 0.1, source: 'material' },
  };
}

export function exampleScene(): SceneDescription {
  const upright: Quat = [0, 0, 0, 1];
  const turned: Quat = [0, Math.sin(0.3), 0, Math.cos(0.3)];
  const plate = (size: Vec3, center: Vec3): Collider => {
    const { positions, indices } = boxMesh(size);
    return { kind: 'hull', positions: positions.map((value, i) => value + center[i % 3]), indices };
  };
  const bracket = boxMesh([1, 0.2, 0.5], [120, 170, 90]);
  const box = exampleObject('object-1', {
    label: 'box',
    pose: { rotation: turned, translation: [-0.2, 0.12, 0], size: 0.4 },
    colliders: [{ kind: 'box', center: [0, 0, 0], rotation: upright, halfExtents: [0.5, 0.3, 0.25] }],
  });
  const ball = exampleObject('object-2', {
    label: 'ball',
    mesh: ballMesh(),
    pose: { rotation: upright, translation: [0.25, 0.1, 0.1], size: 0.2 },
    colliders: [{ kind: 'sphere', center: [0, 0, 0], radius: 0.5 }],
  });
  const can = exampleObject('object-3', {
    label: 'tin can',
    mesh: canMesh(),
    pose: { rotation: upright, translation: [-0.2, 0.315, 0], size: 0.15 },
    colliders: [{ kind: 'cylinder', center: [0, 0, 0], rotation: upright, radius: 0.35, halfHeight: 0.5 }],
    restsOn: 'object-1',
  });
  const shelf = exampleObject('object-4', {
    label: 'bracket',
    mesh: bracket,
    pose: { rotation: upright, translation: [0.15, 0.03, -0.35], size: 0.3 },
    colliders: [plate([0.5, 0.2, 0.5], [-0.25, 0, 0]), plate([0.5, 0.2, 0.5], [0.25, 0, 0])],
    restsOn: null,
  });
  return {
    version: 1,
    cameras: [lookingDown([0, 0.75, 1.3], 0.45)],
    scale: { measured: false, source: 'estimated' },
    ground: { height: 0, halfExtent: 1.2, center: [0, 0], color: [176, 160, 138], friction: 0.6, confidence: 0.9 },
    objects: [box, ball, can, shelf],
    provenance: {
      pack: 'embedded 1',
      generator: '0.1.0',
      seed: 7,
      options: { maxObjects: 8, words: ['box', 'ball'] },
      seconds: { segment: 0.5, depth: 0.25 },
      executionProvider: 'cpu',
    },
  };
}

/** The example scene under ids that no format, file system or parser takes as they are. */
export function awkwardlyNamedScene(): SceneDescription {
  const ids = ['a "mug" & <b>', 'a mug b', '杯子', '../../x'];
  const scene = exampleScene();
  return { ...scene, objects: scene.objects.map((object, index) => ({ ...object, id: ids[index], restsOn: null })) };
}
