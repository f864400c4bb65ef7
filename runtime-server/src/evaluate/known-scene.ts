/** What is known, not found, as the description that everything else draws and writes. */
import { type Camera, massProperties, type Mesh, type Pose, type SceneDescription, type Vec3 } from '@scenemaker/sdk';
import { defaultProperties, groundSquare } from '../compose.js';
import { encodeMask } from '../stages/mask-ops.js';
import type { Mask } from '../stages/stage.js';

export interface KnownObject {
  label: string;
  mesh: Mesh;
  /** In the world. */
  pose: Pose;
  /** Its visible pixels. */
  mask: Mask;
  /** Default: 1. */
  visibleFraction?: number | undefined;
}

export interface KnownScene {
  camera: Camera;
  scale: SceneDescription['scale'];
  /** Level, and wide enough for the objects seen from `center`. */
  ground: { height: number; center: Vec3; color: [number, number, number] };
  objects: readonly KnownObject[];
}

export function knownScene({ camera, scale, ground, objects }: KnownScene): SceneDescription {
  const poses = objects.map(({ pose }) => pose);
  return {
    version: 1,
    cameras: [camera],
    scale,
    ground: {
      height: ground.height,
      ...groundSquare(poses, { center: ground.center, distance: 1 }),
      color: ground.color,
      friction: 0.5,
      confidence: 1,
    },
    objects: objects.map(({ label, mesh, pose, mask, visibleFraction = 1 }, i) => ({
      id: `object-${i + 1}`,
      label,
      scores: { mask: 1, shape: 1, pose: 1 },
      visibleFraction,
      mask: encodeMask(mask),
      mesh,
      pose,
      properties: defaultProperties(massProperties(mesh), pose.size),
      colliders: [],
      restsOn: null,
    })),
    provenance: { pack: '', generator: '', seed: 0, options: {}, seconds: {}, executionProvider: '' },
  };
}
