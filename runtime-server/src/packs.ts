import { fileURLToPath } from 'node:url';

/** The model pack that ships with this package. */
export const EMBEDDED_PACK = fileURLToPath(new URL('../packs/embedded', import.meta.url));
