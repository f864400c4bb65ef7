/** SceneMaker scenes as files and simulators: one module a format. */
export { format as glbFormat, readGlb, writeGlb } from './glb.js';
export { readGlbMesh } from './glb/mesh-file.js';
