import { expect, test } from 'vitest';
import { createOutbox } from '../../../runtime-server/src/inference/outbox.js';

function record() {
  const sent: string[] = [];
  const outbox = createOutbox(async ({ name }: { name: string }) => void sent.push(name));
  return { sent, outbox };
}

test('an event that waits for none leaves before anything else can run', () => {
  const { sent, outbox } = record();
  outbox.add({ name: 'a' });
  outbox.add({ name: 'b' });
  expect(sent).toEqual(['a', 'b']);
});

test('events wait for one before them that is being made, and keep their order', async () => {
  const { sent, outbox } = record();
  let finish: (event: { name: string }) => void = () => {};
  const slow = new Promise<{ name: string }>((resolve) => (finish = resolve));
  outbox.add(slow);
  outbox.add({ name: 'b' });
  outbox.add(Promise.resolve({ name: 'c' }));
  outbox.add({ name: 'd' });
  expect(sent).toEqual([]);
  finish({ name: 'a' });
  await outbox.drained();
  expect(sent).toEqual(['a', 'b', 'c', 'd']);
});

test('one that cannot be made fails the whole, and so does one that cannot be sent', async () => {
  const { outbox } = record();
  outbox.add(Promise.reject(new Error('not made')));
  await expect(outbox.drained()).rejects.toThrow('not made');
  const broken = createOutbox(() => Promise.reject(new Error('not sent')));
  broken.add({});
  await expect(broken.drained()).rejects.toThrow('not sent');
});
