export type * from './mesh.js';
