/** What holds for every connection. A server announces its further limits in `welcome`. */

/** The WebSocket subprotocol. A peer that does not offer it is refused. */
export const SUBPROTOCOL = 'scenemaker.v1';

/** A longer encoded message travels as `chunk` frames of at most this many payload bytes. */
export const CHUNK_BYTES = 256 * 1024;

/** No frame is longer: a chunk and what wraps it. */
export const MAX_FRAME_BYTES = CHUNK_BYTES + 1024;

/** Longest message, put together from chunks, that a server takes by default. */
export const MAX_REQUEST_BYTES = 128 * 1024 * 1024;

/** Longest message that a server takes before it has welcomed the client. */
export const MAX_HELLO_BYTES = 16 * 1024;

/** Longest message that a client takes by default. */
export const MAX_RESPONSE_BYTES = 512 * 1024 * 1024;

/** A message nests no deeper, and holds no more values; the numbers of a typed array count as one. */
export const MAX_DEPTH = 24;
export const MAX_VALUES = 1_000_000;
