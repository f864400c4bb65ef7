export * from './errors.js';
export * from './events.js';
export * from './limits.js';
export * from './messages.js';
export { decode } from './msgpack-decode.js';
export { encode } from './msgpack-encode.js';
export * from './request.js';
export * from './transport.js';
export * from './wire-error.js';
