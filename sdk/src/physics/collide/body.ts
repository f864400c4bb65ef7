/** An object as the overlap tests and the solver see it: convex pieces, turned and scaled once, moved often. */
import { quat, vec3, type Quat, type Vec3 } from '../../geometry/index.js';
import type { Collider, Pose } from '../../scene/index.js';
import { createConvex, type Convex } from './convex.js';
import { signedDistance, type Separation } from './distance.js';

export interface Body {
  readonly id: string;
  colliders: readonly Collider[];
  size: number;
  rotation: Quat;
  translation: Vec3;
  /** The colliders turned by `rotation` and scaled, about the body's own origin. */
  pieces: Convex[];
  /** The box around all pieces, relative to `translation`: min x y z, max x y z. */
  extent: Float64Array;
}

export function createBody(id: string, colliders: readonly Collider[], pose: Pose): Body {
  const body: Body = {
    id,
    colliders,
    size: pose.size,
    rotation: quat.normalize(pose.rotation),
    translation: pose.translation,
    pieces: [],
    extent: new Float64Array(6),
  };
  turnBody(body, body.rotation);
  return body;
}

/** Gives the body a rotation about its own origin. */
export function turnBody(body: Body, rotation: Quat): void {
  body.rotation = quat.normalize(rotation);
  body.pieces = body.colliders.map((collider) => createConvex(collider, body.rotation, body.size));
  body.extent.fill(Infinity, 0, 3).fill(-Infinity, 3, 6);
  for (const { bounds } of body.pieces) {
    for (let k = 0; k < 3; k++) {
      body.extent[k] = Math.min(body.extent[k], bounds[k]);
      body.extent[3 + k] = Math.max(body.extent[3 + k], bounds[3 + k]);
    }
  }
}

/** Gives the body one more collider, in its canonical frame. */
export function addCollider(body: Body, collider: Collider): void {
  body.colliders = [...body.colliders, collider];
  turnBody(body, body.rotation);
}

/** Moves the body towards or from `eye` and sizes it so that from there it looks the same. */
export function scaleAbout(body: Body, eye: Vec3, factor: number): void {
  body.translation = vec3.lerp(eye, body.translation, factor);
  body.size *= factor;
  turnBody(body, body.rotation);
}

export const poseOf = (body: Body): Pose => ({
  rotation: body.rotation,
  translation: body.translation,
  size: body.size,
});

/** World height of the lowest and highest point. */
export const bottomOf = (body: Body): number => body.translation[1] + body.extent[1];
export const topOf = (body: Body): number => body.translation[1] + body.extent[4];

/** Whether the boxes of two bodies, `a` shifted by `shift`, come within `margin` of each other. */
export function boxesMeet(a: Body, b: Body, margin = 0, shift: Vec3 = vec3.ZERO): boolean {
  for (let k = 0; k < 3; k++) {
    const from = a.translation[k] + shift[k];
    if (from + a.extent[k] > b.translation[k] + b.extent[3 + k] + margin) return false;
    if (from + a.extent[3 + k] < b.translation[k] + b.extent[k] - margin) return false;
  }
  return true;
}

/**
 * The closest, or deepest, pair of pieces of two bodies, `a` shifted by `shift`. Pieces farther apart than
 * `margin` are not looked at; null when all are.
 */
export function bodyDistance(a: Body, b: Body, margin: number, shift: Vec3 = vec3.ZERO): Separation | null {
  if (!boxesMeet(a, b, margin, shift)) return null;
  const offsetA = vec3.add(a.translation, shift);
  let worst: Separation | null = null;
  for (const p of a.pieces) {
    for (const q of b.pieces) {
      if (!piecesMeet(p, offsetA, q, b.translation, margin)) continue;
      const found = signedDistance({ shape: p, offset: offsetA }, { shape: q, offset: b.translation });
      if (found.distance <= margin && (!worst || found.distance < worst.distance)) worst = found;
    }
  }
  return worst;
}

function piecesMeet(p: Convex, offsetP: Vec3, q: Convex, offsetQ: Vec3, margin: number): boolean {
  for (let k = 0; k < 3; k++) {
    if (p.bounds[k] + offsetP[k] > q.bounds[3 + k] + offsetQ[k] + margin) return false;
    if (p.bounds[3 + k] + offsetP[k] < q.bounds[k] + offsetQ[k] - margin) return false;
  }
  return true;
}
