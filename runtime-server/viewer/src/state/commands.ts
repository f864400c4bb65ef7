/** Things to be done to the scene once, from wherever on the page. */
export type Command =
  | { kind: 'reset' }
  | { kind: 'frame' }
  | { kind: 'push'; id: string }
  | { kind: 'orbit'; aside: number; up: number; nearer: number };

type Listener = (command: Command) => void;

let listener: Listener | undefined;

export const command: Listener = (given) => listener?.(given);

/** The one place that carries them out. Gives what ends it. */
export function onCommand(carryOut: Listener): () => void {
  listener = carryOut;
  return () => {
    if (listener === carryOut) listener = undefined;
  };
}
