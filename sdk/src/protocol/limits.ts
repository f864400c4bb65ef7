/** What holds for every connection. A server announces its further limits in `welcome`. */

/** The WebSocket subprotocol. A peer that does not offer it is refused. */
export const SUBPROTOCOL = 'scenemaker.v1';

/** No frame is longer, unless its receiver has said that it takes longer ones. */
export const MAX_FRAME_BYTES = 257 * 1024;

/** What wraps the bytes of a `chunk` takes no more. */
export const CHUNK_OVERHEAD_BYTES = 1024;

/** Longest message that travels as one frame, and longest part of a `chunk`. */
export const CHUNK_BYTES = MAX_FRAME_BYTES - CHUNK_OVERHEAD_BYTES;

/** Longest message, put together from chunks, that a server takes by default. */
export const MAX_REQUEST_BYTES = 128 * 1024 * 1024;

/** Longest message that a server takes before it has welcomed the client. */
export const MAX_HELLO_BYTES = 16 * 1024;

/** Longest message that a client takes by default. */
export const MAX_RESPONSE_BYTES = 512 * 1024 * 1024;

/** A message nests no deeper, and holds no more values; the numbers of a typed array count as one. */
export const MAX_DEPTH = 24;
export const MAX_VALUES = 1_000_000;
