/** The physics report, and what else the description says of scene and objects, as dictionaries. */
import type { ObjectReport } from '@scenemaker/sdk';
import type { ExportBody, ExportScene } from '../shared/bodies.js';
import type { Dictionary } from './text.js';

export function sceneReport({ source: { physics, provenance, scale, version } }: ExportScene): Dictionary {
  const { options, seconds, ...made } = provenance;
  return {
    version,
    scale: { ...scale },
    physics: physics && {
      verdict: physics.verdict,
      engine: physics.engine,
      settleSeconds: physics.settleSeconds,
      before: { ...physics.before },
      after: { ...physics.after },
      seconds: physics.seconds,
    },
    // Options are whatever was asked for: their values have no types that USD must know.
    provenance: { ...made, seconds, options: JSON.stringify(options) },
  };
}

export function objectReport({ source }: ExportScene, { id, label }: ExportBody): Dictionary {
  const report = source.physics?.objects.find((entry) => entry.id === id);
  const object = source.objects.find((entry) => entry.id === id);
  return {
    id,
    label,
    restsOn: object?.restsOn ?? undefined,
    material: object?.properties.material.value,
    physics: report && reportEntry(report),
  };
}

/** Without what the object says itself; a support that is not known is left out. */
function reportEntry({ id: _id, restsOn, ...entry }: ObjectReport): Dictionary {
  return { restsOn: restsOn ?? undefined, ...entry };
}
