/** Where things are before any object is made: observed points, the ground, gravity, scale. */
import { mat3, type RigidTransform, type Vec3, vec3 } from '@scenemaker/sdk';
import { isFootSeen, seenAround } from '@scenemaker/sdk/physics';
import { estimateScale, type SceneScale } from './scene-scale.js';
import { belowObjects, findGround, type GroundPlane, meanColor } from './stages/ground.js';
import { encodeMask, maskBox, unionOf } from './stages/mask-ops.js';
import { observedPoints } from './stages/observed-points.js';
import { median } from './stages/order.js';
import type { Intrinsics, Mask, Picture } from './stages/stage.js';
import { rayThrough, uprightFromCamera } from './stages/upright.js';

export interface LayoutInput {
  /** z for each pixel, NaN where there is none. */
  depth: Float32Array;
  intrinsics: Intrinsics;
  /** Unit vector against gravity, camera frame. */
  up: Vec3;
  depthGiven: boolean;
  /** As the depth model estimates it. */
  metersPerUnit?: number;
  upGiven: boolean;
  /** Of the picture, pixels. */
  width: number;
  height: number;
  masks: readonly Mask[];
  seed: number;
}

export interface Layout {
  intrinsics: Intrinsics;
  /** Refined by the ground plane where one is seen and no camera pose was given. */
  up: Vec3;
  ground: GroundPlane | undefined;
  /** Of each mask: camera frame, stride 3, in the units of the depth. */
  points: Float32Array[];
  /** What the camera looks at: the middle of what has a depth, upright frame. */
  lookAt: Vec3;
  depthGiven: boolean;
  metersPerUnit?: number;
}

/** How far an estimated up vector, and a given one, may be off. */
const ESTIMATED_TILT = (20 * Math.PI) / 180;
const GIVEN_TILT = (8 * Math.PI) / 180;
/** How far ground may lie off its plane: in a measured depth map, and in an estimated one. */
const MEASURED_TOLERANCE = 0.01;
const ESTIMATED_TOLERANCE = 0.025;
/** Objects are seen below a plane from this share of the distance on: thrice what the ground itself may lie off it. */
const SEEN_BELOW = 3 * MEASURED_TOLERANCE;
/** A plane that explains this share of what is no object is believed to be level; where distances were measured, any that objects are seen to stand on is. */
const CONFIDENT = 0.25;

export function layOut(input: LayoutInput): Layout {
  const { depth, intrinsics, masks, depthGiven, upGiven } = input;
  const points = masks.map((mask) => {
    const box = maskBox(mask);
    return box === undefined
      ? new Float32Array(0)
      : observedPoints(mask, box, depth, intrinsics, { estimated: !depthGiven });
  });
  const objects = unionOf(masks, input.width, input.height);
  const found = findGround({
    depth,
    intrinsics,
    objects,
    objectPoints: points,
    ...(depthGiven && { feetSeen: feetSeen(masks, input) }),
    up: input.up,
    maxTilt: upGiven ? GIVEN_TILT : ESTIMATED_TILT,
    tolerance: depthGiven ? MEASURED_TOLERANCE : ESTIMATED_TOLERANCE,
    seed: input.seed,
  });
  const level = !upGiven && found && (found.confidence >= CONFIDENT || (depthGiven && found.isStoodOn));
  const up = found && level ? found.up : input.up;
  const middle = middleOf(depth, intrinsics);
  const plane = found && levelled(found, up, meanPoint(points) ?? middle);
  // Where distances are guesses, an object's own is as likely to be wrong.
  const ground = plane && depthGiven ? belowObjects(plane, points, SEEN_BELOW * vec3.length(middle)) : plane;
  return {
    intrinsics,
    up,
    ground,
    points,
    lookAt: mat3.apply(uprightFromCamera(up), middle),
    depthGiven,
    ...(input.metersPerUnit !== undefined && { metersPerUnit: input.metersPerUnit }),
  };
}

/**
 * Metres for one unit of the depth: measured by the depth map, by objects of known size (the median, where
 * they disagree), or by the height of the camera, given as such or as that of its pose over ground at
 * height 0; otherwise estimated by the depth model, or from what the objects are.
 */
export function metersPerUnit(
  { depthGiven, ground, lookAt, metersPerUnit: estimated }: Layout,
  objects: readonly { label: string; size: number; sizeMeters?: number }[],
  { cameraHeightMeters, cameraToWorld }: { cameraHeightMeters?: number; cameraToWorld?: RigidTransform },
): SceneScale {
  if (depthGiven) return { metersPerUnit: 1, scale: { measured: true, source: 'depth' } };
  const known = objects.flatMap(({ size, sizeMeters }) => (sizeMeters === undefined ? [] : [sizeMeters / size]));
  const bySize = median(Float32Array.from(known));
  if (bySize !== undefined) return { metersPerUnit: bySize, scale: { measured: true, source: 'known-size' } };
  const height = cameraHeightMeters ?? cameraToWorld?.translation[1] ?? 0;
  if (height > 0 && ground !== undefined && ground.confidence >= CONFIDENT) {
    return { metersPerUnit: height / ground.cameraHeight, scale: { measured: true, source: 'camera-height' } };
  }
  if (estimated !== undefined) return { metersPerUnit: estimated, scale: { measured: false, source: 'estimated' } };
  return estimateScale(objects, vec3.length(lookAt));
}

/** sRGB, 0 to 255. */
export function groundColor({ ground }: Layout, picture: Picture): [number, number, number] {
  return ground === undefined ? [128, 128, 128] : meanColor(picture, ground.pixels);
}

/** Whether the picture shows where each of the masks ends below. */
function feetSeen(masks: readonly Mask[], picture: Pick<Mask, 'width' | 'height'>): boolean[] {
  const objects = masks.map((mask) => ({ mask: encodeMask(mask) }));
  return seenAround({ cameras: [picture], objects }).map(isFootSeen);
}

/** The ground as a plane at a right angle to `up`, at the height it has under `place` (camera frame). */
function levelled(ground: GroundPlane, up: Vec3, place: Vec3): GroundPlane {
  const above = (vec3.dot(ground.up, place) + ground.cameraHeight) / vec3.dot(ground.up, up);
  return { ...ground, up, cameraHeight: above - vec3.dot(up, place) };
}

/** The mean of all points; undefined without any. */
function meanPoint(parts: readonly Float32Array[]): Vec3 | undefined {
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (const points of parts) {
    for (let i = 0; i < points.length; i++) sum[i % 3] += points[i];
    count += points.length / 3;
  }
  return count === 0 ? undefined : vec3.scale(sum, 1 / count);
}

function middleOf(depth: Float32Array, intrinsics: Intrinsics): Vec3 {
  const valid = new Float32Array(depth.length);
  let count = 0;
  for (let i = 0; i < depth.length; i++) if (depth[i] > 0) valid[count++] = depth[i];
  const middle = median(valid.subarray(0, count)) ?? 1;
  return vec3.scale(rayThrough(intrinsics, intrinsics.cx, intrinsics.cy), middle);
}
