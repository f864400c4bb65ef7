import { expect, test } from 'vitest';
import { createOutbox } from '../../../runtime-server/src/inference/outbox.js';

test('messages wait for one before them that is being made, and keep their order', async () => {
  const sent: string[] = [];
  const deliver = createOutbox(async (name: string) => void sent.push(name));
  let finish: (name: string) => void = () => {};
  void deliver(new Promise<string>((resolve) => (finish = resolve)));
  void deliver('b');
  void deliver(Promise.resolve('c'));
  const last = deliver('d');
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toEqual([]);
  finish('a');
  await last;
  expect(sent).toEqual(['a', 'b', 'c', 'd']);
});

test.each([
  ['made', () => Promise.reject(new Error('not made'))],
  ['sent', () => Promise.resolve('unsendable')],
])('nothing is sent after a message that cannot be %s', async (what, make) => {
  const sent: string[] = [];
  const deliver = createOutbox(async (name: string) => {
    if (name === 'unsendable') throw new Error('not sent');
    sent.push(name);
  });
  const results = await Promise.allSettled([deliver('a'), deliver(make()), deliver('b')]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  await expect(deliver('c')).rejects.toThrow(`not ${what}`);
  expect(sent).toEqual(['a']);
});
