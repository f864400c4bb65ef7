/** What description and picture say of where the bodies are, before anything is asked of physics. */
import type { Vec3 } from '../geometry/index.js';
import type { SceneDescription, SceneObject } from '../scene/index.js';
import { createSilhouettes, type Silhouette } from './silhouette.js';
import { seenAround } from './support-evidence.js';
import type { Evidence } from './support.js';

export interface Sight {
  /** Where the picture was taken from; null: sizes and so distances are known, and it has no say. */
  eye: Vec3 | null;
  /** Whether distances were measured. */
  measured: boolean;
  /** How sure each pose is, 0 to 1. */
  confidence: readonly number[];
  /** Null where there is nothing to compare with. */
  silhouettes: readonly (Silhouette | null)[];
  evidence: Evidence;
}

export function readSight(description: SceneDescription): Sight {
  const { cameras, scale, objects } = description;
  return {
    eye: (scale.source !== 'known-size' && cameras[0]?.cameraToWorld.translation) || null,
    measured: scale.source === 'depth',
    confidence: objects.map(({ scores }) => scores.pose),
    silhouettes: createSilhouettes(description),
    evidence: { claims: objects.map((object) => claimOf(object, objects)), seen: seenAround(description) },
  };
}

/** As `Support.on`; undefined where nothing is claimed, or something that is not there. */
function claimOf({ restsOn }: SceneObject, objects: readonly SceneObject[]): number | undefined {
  if (restsOn === null) return undefined;
  if (restsOn === 'ground') return -1;
  const index = objects.findIndex((object) => object.id === restsOn);
  return index < 0 ? undefined : index;
}
