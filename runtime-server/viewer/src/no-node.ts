/** Stands in the page for Node's own modules, which what the page imports loads under Node alone. */
export const inNode = false;
