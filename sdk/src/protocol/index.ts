export * from './errors.js';
export * from './events.js';
export * from './limits.js';
export * from './messages.js';
export { decode, encode } from './msgpack.js';
export * from './request.js';
export * from './transport.js';
export * from './wire-error.js';
