import { describe, expect, test } from 'vitest';
import { vec3 } from '@scenemaker/sdk/geometry';
import { lookAt } from '@scenemaker/sdk/render';
import { contactsOf, indexScene, raycast, relationsOf, supportsOf, whatIs } from '@scenemaker/sdk/queries';
import { ball, block, bowl, can, queryScene, withBoxes } from '../../support/query-scenes.js';

const ids = (related: { id: string }[]): string[] => related.map(({ id }) => id);

/** A table of 1 m by 0.6 m, 40 cm high, on legs: its mesh is the board alone. */
const table = block([1, 0.04, 0.6], [0, 0.4, 0], 'table');

const desk = indexScene(
  queryScene({
    table,
    mug: can(0.04, 0.1, [0, 0.47, 0]),
    book: block([0.2, 0.03, 0.14], [-0.25, 0.435, 0], 'book'),
    apple: ball(0.04, [-0.25, 0.49, 0]),
    lamp: can(0.03, 0.3, [0.3, 0.57, 0.02]),
    pen: block([0.02, 0.02, 0.14], [0.01, 0.43, 0.2], 'pen'),
    box: block([0.1, 0.1, 0.1], [0, 0.47, -0.2], 'box'),
    bin: can(0.1, 0.3, [0.2, 0.15, 0]),
  }),
);

describe('what rests on what', () => {
  test('follows the contacts, ground and several supports included', () => {
    const scene = queryScene({
      left: block([0.1, 0.2, 0.1], [-0.2, 0.1, 0]),
      right: block([0.1, 0.2, 0.1], [0.2, 0.1, 0]),
      plank: block([0.6, 0.02, 0.1], [0, 0.21, 0]),
      cup: can(0.03, 0.1, [0, 0.27, 0]),
      floating: ball(0.05, [0, 0.6, 0]),
    });
    expect(Object.fromEntries(supportsOf(indexScene(scene)))).toEqual({
      left: ['ground'],
      right: ['ground'],
      plank: ['left', 'right'],
      cup: ['plank'],
      floating: [],
    });
  });

  test('does not take a wall that is leant on for a support', () => {
    const scene = queryScene({
      wall: block([0.1, 1, 1], [0, 0.5, 0]),
      crate: block([0.2, 0.2, 0.2], [0.15, 0.1, 0]),
    });
    expect(supportsOf(indexScene(scene)).get('crate')).toEqual(['ground']);
    expect(contactsOf(indexScene(scene)).map(({ a, b }) => `${a} ${b}`)).toContain('wall crate');
  });

  test('a contact has its place, its direction and its distance', () => {
    const scene = queryScene({ low: block([0.2, 0.2, 0.2], [0, 0.1, 0]), high: ball(0.05, [0.02, 0.251, 0.03]) });
    const contact = contactsOf(indexScene(scene)).find(({ b }) => b === 'high');
    expect(contact).toMatchObject({ a: 'low' });
    expect(contact?.distance).toBeCloseTo(0.001, 3);
    expect(contact?.normal[1]).toBeCloseTo(-1, 2);
    // The ball's hull has flat facets.
    expect(vec3.distance(contact?.point ?? vec3.ZERO, [0.02, 0.2005, 0.03])).toBeLessThan(0.01);
  });
});

describe('relations, as the main camera sees them', () => {
  test.each([
    ['left', 'mug', ['apple', 'book']],
    ['right', 'mug', ['lamp', 'bin']],
    ['in-front', 'mug', ['pen']],
    ['behind', 'mug', ['box']],
    ['on', 'book', ['apple']],
    ['under', 'apple', ['book', 'table']],
    ['under', 'table', ['bin']],
  ] as const)('%s of %s: %s', (relation, name, expected) => {
    expect(ids(whatIs(desk, relation, name)).sort()).toEqual([...expected].sort());
  });

  test('what is on the table, directly first', () => {
    const on = whatIs(desk, 'on', 'table');
    expect(ids(on).slice(0, 5).sort()).toEqual(['book', 'box', 'lamp', 'mug', 'pen']);
    expect(on.at(-1)).toEqual({ id: 'apple', score: 0.5 });
    expect(on).toHaveLength(6);
  });

  test('what is on the ground', () => {
    expect(ids(whatIs(desk, 'on', 'ground'))).toEqual(['bin']);
  });

  test('turn round with the camera', () => {
    const camera = lookAt({ from: [0, 1, -2], to: [0, 0.4, 0] });
    expect(ids(whatIs(desk, 'left', 'mug', { camera })).sort()).toEqual(['bin', 'lamp']);
    expect(ids(whatIs(desk, 'in-front', 'mug', { camera }))).toEqual(['box']);
  });

  test('nearness is measured between surfaces', () => {
    expect(ids(whatIs(desk, 'near', 'pen', { nearMeters: 0.1 }))).toEqual(['table', 'mug']);
    expect(whatIs(desk, 'near', 'apple', { nearMeters: 0.05 })[0]).toEqual({ id: 'book', score: expect.closeTo(1, 1) });
  });

  test('an apple is in the bowl that it lies in, not in one it lies on, and not in the table it lies under', () => {
    let scene = queryScene({
      bowl: bowl([0, 0, 0]),
      inside: ball(0.05, [0, 0.06, 0]),
      heap: ball(0.09, [0, 0.21, 0]),
      beside: ball(0.05, [0.4, 0.05, 0]),
    });
    scene = withBoxes(scene, 'bowl', [{ center: [0, 0.005, 0], half: [0.07, 0.005, 0.07] }]);
    expect(ids(whatIs(indexScene(scene), 'inside', 'bowl'))).toEqual(['inside']);
    expect(whatIs(desk, 'inside', 'table')).toEqual([]);
  });

  test('what carries a thing is not beside it, however far its middle lies', () => {
    const tray = indexScene(
      queryScene({
        tray: block([0.6, 0.02, 0.4], [0, 0.01, 0]),
        egg: ball(0.03, [0, 0.05, 0.15]),
        jar: ball(0.03, [0, 0.03, 0.3]),
      }),
    );
    expect(ids(whatIs(tray, 'behind', 'jar')).sort()).toEqual(['egg', 'tray']);
    expect(ids(whatIs(tray, 'behind', 'egg'))).toEqual([]);
    expect(ids(whatIs(tray, 'on', 'tray'))).toEqual(['egg']);
  });

  test('all that can be said of one thing', () => {
    const said = relationsOf(desk, 'apple').map(({ relation, to }) => `${relation} ${to}`);
    expect(said).toEqual(expect.arrayContaining(['on book', 'on table', 'left mug', 'near book']));
    expect(said).not.toContain('on ground');
  });
});

describe('names', () => {
  test('may be labels where only one object has them', () => {
    expect(ids(whatIs(desk, 'on', 'BOOK'))).toEqual(['apple']);
    expect(() => whatIs(desk, 'near', 'can')).toThrow('3 objects are labelled can; there are mug, lamp, bin');
    expect(() => whatIs(desk, 'near', 'cup')).toThrow('there is no object cup; there are table, mug');
  });
});

describe('a ray', () => {
  test('meets the nearest thing, with its normal', () => {
    expect(raycast(desk, [0, 2, 0], [0, -3, 0])).toEqual({
      id: 'mug',
      distance: expect.closeTo(1.48, 6),
      point: [0, expect.closeTo(0.52, 6), 0],
      normal: [expect.closeTo(0, 6), expect.closeTo(1, 6), expect.closeTo(0, 6)],
    });
    expect(raycast(desk, [-2, 0.47, 0.0001], [1, 0, 0])).toMatchObject({ id: 'apple' });
  });

  test('meets the ground within its square alone, and nothing beyond its reach', () => {
    expect(raycast(desk, [1.5, 1, 1.5], [0, -1, 0])).toMatchObject({ id: 'ground', distance: 1 });
    expect(raycast(desk, [3, 1, 0], [0, -1, 0])).toBeNull();
    expect(raycast(desk, [1.5, 1, 1.5], [0, -1, 0], 0.9)).toBeNull();
    expect(raycast(desk, [0, 2, 0], [0, 1, 0])).toBeNull();
  });
});
