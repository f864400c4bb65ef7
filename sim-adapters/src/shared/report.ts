/**
 * What an export says of its scene beside the bodies: which name is which object, where it stands in the
 * export's world, scale and physics report.
 */
import type { ExportScene } from './bodies.js';

export const REPORT_FILE = 'report.json';

export function writeReport({ source, bodies }: ExportScene): string {
  const { scale, physics, provenance } = source;
  const objects = bodies.map(({ name, id, label, pose }) => {
    const { translation: position, rotation: quaternionXyzw } = pose;
    return { name, id, label, position, quaternionXyzw };
  });
  return `${JSON.stringify({ objects, scale, physics: physics ?? null, provenance }, null, 2)}\n`;
}
