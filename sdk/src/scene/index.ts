export * from './description.js';
export * from './schema.js';
