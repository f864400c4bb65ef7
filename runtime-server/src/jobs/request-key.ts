/** What tells requests apart that need not be computed twice. */
import { createHash } from 'node:crypto';

/** `computedBy` names all that the answer depends on besides the request: models, their files, versions. */
export function requestKey(request: Uint8Array, computedBy: string): string {
  return createHash('sha256').update(computedBy).update('\0').update(request).digest('hex');
}
