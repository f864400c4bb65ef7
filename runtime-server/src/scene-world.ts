/** The world of a scene: its scale and what its origin is, by the objects in it. */
import { createRandom, type Mesh, meshBounds, type Pose, quat, type Vec3 } from '@scenemaker/sdk';
import { placeInWorld, type World } from './compose.js';
import type { PipelineRequest } from './pipeline-types.js';
import { type Layout, metersPerUnit } from './scene-layout.js';
import type { SceneScale } from './scene-scale.js';
import { drawPoints } from './stages/pose-inputs.js';
import type { Segment } from './stages/stage.js';
import { rotatePoints, uprightFromCamera } from './stages/upright.js';

/** An object by which the world is laid out. */
export interface Body {
  segment: Pick<Segment, 'label' | 'hint'>;
  /** Canonical space. */
  mesh: Pick<Mesh, 'positions'>;
  /** Upright camera frame, units of the depth. */
  pose: Pose;
}

export function worldOf(layout: Layout, bodies: readonly Body[], request: PipelineRequest): World & SceneScale {
  const sized = bodies.map(({ segment: { label, hint }, pose }) => {
    const sizeMeters = hint === undefined ? undefined : request.objects?.[hint]?.sizeMeters;
    return { label, size: pose.size, ...(sizeMeters !== undefined && { sizeMeters }) };
  });
  const scale = metersPerUnit(layout, sized, request);
  const world = placeInWorld({
    up: layout.up,
    ground: layout.ground,
    cameraToWorld: request.cameraToWorld,
    metersPerUnit: scale.metersPerUnit,
    poses: bodies.map(({ pose }) => pose),
    meshes: bodies.map(({ mesh }) => mesh),
    lookAt: layout.lookAt,
  });
  return { ...world, ...scale };
}

/** So many observed points tell an object's box. */
const BOX_POINTS = 512;

/** The object as far as it was observed: its points in their upright box, before there is a shape. `points`: camera frame, stride 3. */
export function observedBody(segment: Body['segment'], points: Float32Array, layout: Layout): Body {
  const drawn = drawPoints(points, BOX_POINTS, createRandom(0));
  const positions = rotatePoints(uprightFromCamera(layout.up), drawn);
  const { min, max } = meshBounds({ positions, indices: Uint32Array.from({ length: BOX_POINTS }, (_, i) => i) });
  const middle: Vec3 = [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
  const size = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  return {
    segment,
    mesh: { positions: positions.map((value, i) => (value - middle[i % 3]) / size) },
    pose: { rotation: quat.IDENTITY, translation: middle, size },
  };
}
