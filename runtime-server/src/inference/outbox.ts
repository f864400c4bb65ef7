/**
 * Sends events in the order in which they happened, also where making one takes a while. One that waits for none
 * before it leaves at once, since the pipeline may compute for long before anything else can run in its process.
 */
export interface Outbox<Event> {
  add(event: Event | Promise<Event>): void;
  /** Waits until all of them are sent. Rejects when one could not be made or sent. */
  drained(): Promise<void>;
}

export function createOutbox<Event extends object>(send: (event: Event) => Promise<void>): Outbox<Event> {
  const waiting: { made?: Event }[] = [];
  let all: Promise<unknown> = Promise.resolve();
  const sendMade = (): Promise<unknown> => {
    const sends: Promise<void>[] = [];
    for (let first = waiting[0]?.made; first; first = waiting[0]?.made) {
      waiting.shift();
      sends.push(send(first));
    }
    return Promise.all(sends);
  };
  return {
    add(event) {
      const place: (typeof waiting)[number] = {};
      waiting.push(place);
      const put = (made: Event): Promise<unknown> => {
        place.made = made;
        return sendMade();
      };
      all = Promise.all([all, event instanceof Promise ? event.then(put) : put(event)]);
      all.catch(() => {});
    },
    drained: async () => void (await all),
  };
}
