import { expect, test } from 'vitest';
import { throughStage } from '../../runtime-server/src/through-stage.js';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test('models run for one object at a time, in order, while the next is prepared', async () => {
  const told: string[] = [];
  const made = await throughStage(['a', 'b', 'c'], 1, async (name, _, inTurn) => {
    told.push(`prepare ${name}`);
    await inTurn(async () => {
      told.push(`begin ${name}`);
      await nextTurn();
      told.push(`end ${name}`);
    });
    return name === 'b' ? undefined : name;
  });
  expect(made).toEqual(['a', 'c']);
  expect(told.filter((line) => !line.startsWith('prepare'))).toEqual(
    ['a', 'b', 'c'].flatMap((name) => [`begin ${name}`, `end ${name}`]),
  );
  expect(told.indexOf('prepare b')).toBeLessThan(told.indexOf('end a'));
});

test('with a batch, all objects of a group are in the models at once', async () => {
  let inside = 0;
  const most: number[] = [];
  await throughStage([0, 1, 2, 3, 4], 4, async (_, index, inTurn) =>
    inTurn(async () => {
      most[index] = ++inside;
      await nextTurn();
      inside--;
    }),
  );
  expect(Math.max(...most)).toBe(4);
  expect(most[4]).toBe(1);
});

test('after an error no other object begins, and it is thrown when those that began have ended', async () => {
  const ended: number[] = [];
  const through = throughStage([0, 1, 2, 3, 4], 1, async (item, _, inTurn) => {
    await inTurn(nextTurn);
    if (item === 0) throw new Error('the first');
    await nextTurn();
    ended.push(item);
  });
  await expect(through).rejects.toThrow('the first');
  expect(ended).toEqual([1, 2]);
});
