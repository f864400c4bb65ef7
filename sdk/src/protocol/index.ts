export * from './errors.js';
export * from './events.js';
export * from './limits.js';
export * from './messages.js';
export { concatenate, decode, decodeInPlace, encode, encodeAround, TYPED_ARRAY_EXTENSIONS } from './msgpack.js';
export * from './request.js';
export * from './transport.js';
export * from './wire-error.js';
