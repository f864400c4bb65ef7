/** SceneMaker scenes as files and simulators: one module a format. */
export {
  EXPORT_FORMATS,
  EXPORT_SUMMARIES,
  exportFormats,
  exportScene,
  isExportFormat,
  type ExportFormat,
} from './export.js';
export { format as glbFormat, readGlb, writeGlb } from './glb.js';
export { readGlbMesh } from './glb/mesh-file.js';
export type { FileSet } from './shared/files.js';
