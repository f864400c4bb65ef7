import { expect, test } from 'vitest';
import type { Priority } from '@scenemaker/sdk';
import { FairOrder } from '../../../runtime-server/src/jobs/fair-order.js';

interface Named {
  name: string;
  client: string;
  priority: Priority;
}

const job = (name: string, priority: Priority = 'normal'): Named => ({ name, client: name[0] ?? '', priority });

function fill(...jobs: Named[]): FairOrder<Named> {
  const order = new FairOrder<Named>();
  for (const one of jobs) order.add(one);
  return order;
}

const names = (order: FairOrder<Named>) => order.list().map(({ name }) => name);

/** Taken one by one, which must be what the list announced. */
function drain(order: FairOrder<Named>): string[] {
  const announced = names(order);
  const taken: string[] = [];
  for (let next = order.take(); next; next = order.take()) taken.push(next.name);
  expect(taken).toEqual(announced);
  expect(order.count).toBe(0);
  return taken;
}

test('clients take turns, whoever came first with many', () => {
  expect(drain(fill(job('a1'), job('a2'), job('a3'), job('b1'), job('b2')))).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
});

test('a client that comes later is neither ahead by what it missed nor behind', () => {
  const order = fill(job('a1'), job('a2'), job('a3'), job('a4'));
  order.take();
  order.take();
  order.add(job('b1'));
  order.add(job('b2'));
  expect(drain(order)).toEqual(['a3', 'b1', 'a4', 'b2']);
});

test('a client does not get ahead by coming again and again', () => {
  const order = fill(job('a1'), job('a2'), job('a3'));
  const taken: string[] = [];
  for (let round = 0; round < 3; round++) {
    order.add(job(`b${round}`));
    for (let i = 0; i < 2; i++) taken.push(order.take()?.name ?? '');
  }
  expect(taken).toEqual(['a1', 'b0', 'a2', 'b1', 'a3', 'b2']);
});

test('the higher priority comes first among the jobs of one client, in the order they came', () => {
  const order = fill(job('a1', 'low'), job('a2'), job('a3', 'high'), job('a4', 'high'), job('a5'));
  expect(drain(order)).toEqual(['a3', 'a4', 'a2', 'a5', 'a1']);
});

test('between clients four high jobs count as one turn, and none waits for ever', () => {
  const many = Array.from({ length: 40 }, (_, i) => job(`h${i}`, 'high'));
  const taken = drain(fill(...many, job('n1'), job('n2'), job('l1', 'low')));
  expect(taken.indexOf('n1')).toBe(4);
  expect(taken.indexOf('n2')).toBe(9);
  expect(taken.indexOf('l1')).toBe(18);
});

test('jobs that are taken away leave the others in their order', () => {
  const [a1, b1] = [job('a1'), job('b1')];
  const order = fill(a1, job('a2'), b1);
  expect(order.remove(a1)).toBe(true);
  expect(order.remove(a1)).toBe(false);
  expect(order.countOf('a')).toBe(1);
  expect(drain(order)).toEqual(['a2', 'b1']);
});
