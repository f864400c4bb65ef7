/**
 * Sends messages in the order in which they are given, also where making one takes a while. What is returned rejects
 * when the message, or one before it, could not be made or sent; nothing is sent after that.
 */
export function createOutbox<Message>(
  send: (message: Message) => Promise<void>,
): (message: Message | Promise<Message>) => Promise<void> {
  let last = Promise.resolve();
  return (message) => {
    const before = last;
    last = Promise.resolve(message).then((made) => before.then(() => send(made)));
    return last;
  };
}
