export * from './device.js';
export * from './manifest.js';
export * from './pack-file.js';
export * from './pack-lock.js';
export * from './pack.js';
export * from './session.js';
export * from './tensor.js';
