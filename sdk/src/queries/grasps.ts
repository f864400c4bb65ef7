/**
 * Where a gripper with two parallel fingers can take hold of an object.
 *
 *         palm
 *      +---------+        x: along it the fingers close       grasp frame: its origin lies halfway between
 *      |         |        z: along it the gripper comes       the two points that the fingers touch
 *      ||   ^   ||           in, from the palm to the tips
 *      ||  z|   ||        y: across the fingers
 *      ||   o-x ||
 *
 * Candidates are antipodal: seen from either finger the other pushes within the cone of friction, so that the
 * grasp holds (V. Nguyen, Constructing Force-Closure Grasps, 1988). Only the colliders are looked at.
 */
import {
  createMeshBvh,
  quat,
  sampleSurface,
  vec3,
  type Mesh,
  type MeshBvh,
  type Quat,
  type Vec3,
} from '../geometry/index.js';
import { SceneMakerError } from '../protocol/errors.js';
import { bodyMesh } from './body-mesh.js';
import { fitsGripper, GRIPPER_DEFAULTS, type Gripper } from './gripper.js';
import type { SceneIndex } from './scene-index.js';

export interface Grasp {
  /** Grasp frame to the world. */
  rotation: Quat;
  translation: Vec3;
  /** Between the two contact points, metres. */
  width: number;
  contacts: readonly [Vec3, Vec3];
  /** 0 to 1: the mean of how squarely the fingers push, how near to the centre of mass, and how much opening is left. */
  score: number;
}

export interface GraspOptions {
  gripper?: Partial<Gripper>;
  /** Where the arm stands and how far it reaches, metres: the palm must be within. Absent: everywhere. */
  arm?: { base: Vec3; reach: number };
  /** Points on the surface that are tried. Absent: 256. */
  samples?: number;
  /** The most grasps returned. Absent: 16. */
  count?: number;
  seed?: number;
}

/** Directions from which each pair of points is approached. */
const APPROACHES = 12;
/** Grasps nearer than this, as a share of the object's size, and within 30 degrees of approach, are one. */
const SAME_SHARE = 0.08;
const SAME_COSINE = Math.cos(Math.PI / 6);

/**
 * Grasps of the object `name` (an id or an unambiguous label) that collide with nothing, neither where the fingers
 * close nor on the straight way in, the best first. The same seed gives the same grasps.
 *
 * @throws SceneMakerError `bad-request` for an unknown object or a gripper without size.
 */
export function graspCandidates(index: SceneIndex, name: string, options: GraspOptions = {}): Grasp[] {
  const target = index.find(name);
  const gripper = { ...GRIPPER_DEFAULTS, ...options.gripper };
  const wrong = Object.entries(gripper).find(([, value]) => !(value > 0 && value < Infinity));
  if (wrong)
    throw new SceneMakerError('bad-request', `a gripper's ${wrong[0]} is a positive number`, { given: wrong[1] });
  const candidates = antipodalPairs(index, target, gripper, options).flatMap((pair) => approaches(pair));
  candidates.sort((a, b) => b.score - a.score);
  const { arm, count = 16 } = options;
  const size = index.bodies[target].size;
  const kept: Grasp[] = [];
  for (const grasp of candidates) {
    if (kept.length >= count) break;
    if (arm && vec3.distance(palmOf(grasp, gripper), arm.base) > arm.reach) continue;
    if (kept.some((other) => isSame(grasp, other, SAME_SHARE * size))) continue;
    if (fitsGripper(index, grasp, gripper)) kept.push(grasp);
  }
  return kept;
}

interface Pair {
  a: Vec3;
  b: Vec3;
  score: number;
}

function antipodalPairs(index: SceneIndex, target: number, gripper: Gripper, options: GraspOptions): Pair[] {
  const { properties, pose } = index.scene.objects[target];
  const mesh = bodyMesh(index.bodies[target]);
  const surface = createMeshBvh(mesh);
  const { points, normals } = sampleSurface(mesh, options.samples ?? 256, options.seed);
  const cone = Math.atan(properties.friction.value);
  const center = vec3.add(
    pose.translation,
    quat.rotate(pose.rotation, vec3.scale(properties.centerOfMass.value, pose.size)),
  );
  const pairs: Pair[] = [];
  for (let i = 0; i < points.length / 3; i++) {
    const inward = vec3.scale(vec3.at(normals, i), -1);
    const a = vec3.at(points, i);
    const far = throughSolid(surface, mesh, a, inward, 1e-4 * pose.size);
    if (!far || far.distance > gripper.maxOpening - 2 * gripper.clearance) continue;
    const angle = Math.acos(Math.min(1, vec3.dot(far.normal, inward)));
    if (!(angle <= cone)) continue;
    const b = vec3.addScaled(a, inward, far.distance);
    const offCenter = vec3.distance(vec3.lerp(a, b, 0.5), center) / (0.5 * pose.size);
    const score =
      ((cone > 0 ? 1 - angle / cone : 1) + Math.exp(-offCenter * offCenter) + 1 - far.distance / gripper.maxOpening) /
      3;
    pairs.push({ a, b, score });
  }
  return pairs;
}

/** The way from a point of the surface to where a line leaves the solid again; null from a point inside it. */
function throughSolid(
  surface: MeshBvh,
  { positions, indices }: Pick<Mesh, 'positions' | 'indices'>,
  from: Vec3,
  inward: Vec3,
  off: number,
): { distance: number; normal: Vec3 } | null {
  const outside = vec3.addScaled(from, inward, -off);
  if (surface.contains(outside)) return null;
  const hits = surface.raycastAll(outside, inward).sort((p, q) => p.distance - q.distance);
  let depth = 0;
  for (const { front, distance, triangle } of hits) {
    // Pieces overlap: the solid ends where the last of them does.
    depth += front ? 1 : -1;
    if (depth > 0) continue;
    const [p, q, r] = [0, 1, 2].map((k) => vec3.at(positions, indices[3 * triangle + k]));
    return { distance: distance - off, normal: vec3.normalize(vec3.cross(vec3.sub(q, p), vec3.sub(r, p))) };
  }
  return null;
}

function approaches({ a, b, score }: Pair): Grasp[] {
  const x = vec3.normalize(vec3.sub(b, a));
  const u = vec3.perpendicular(x);
  const v = vec3.cross(x, u);
  return Array.from({ length: APPROACHES }, (_, k) => {
    const angle = (2 * Math.PI * k) / APPROACHES;
    const z = vec3.add(vec3.scale(u, Math.cos(angle)), vec3.scale(v, Math.sin(angle)));
    const y = vec3.cross(z, x);
    return {
      rotation: quat.fromMat3([x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2], z[2]]),
      translation: vec3.lerp(a, b, 0.5),
      width: vec3.distance(a, b),
      contacts: [a, b] as const,
      score,
    };
  });
}

const approachOf = ({ rotation }: Grasp): Vec3 => quat.rotate(rotation, [0, 0, 1]);

const palmOf = (grasp: Grasp, { fingerLength }: Gripper): Vec3 =>
  vec3.addScaled(grasp.translation, approachOf(grasp), -fingerLength);

const isSame = (a: Grasp, b: Grasp, meters: number): boolean =>
  vec3.distance(a.translation, b.translation) < meters && vec3.dot(approachOf(a), approachOf(b)) > SAME_COSINE;
