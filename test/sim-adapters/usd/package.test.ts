import { describe, expect, test } from 'vitest';
import { exportScene } from '@scenemaker/sim-adapters';
import { exampleScene } from '../../support/example-scene.js';

describe('usdz', () => {
  test('has each file uncompressed at a multiple of 64 bytes, the layer first', async () => {
    const [[name, bytes]] = await exportScene(exampleScene(), 'usdz');
    expect(name).toBe('scene.usdz');
    const files = await exportScene(exampleScene(), 'usda');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const names: string[] = [];
    let at = 0;
    while (view.getUint32(at, true) === 0x04034b50) {
      const [method, size] = [view.getUint16(at + 8, true), view.getUint32(at + 18, true)];
      const [nameLength, extraLength] = [view.getUint16(at + 26, true), view.getUint16(at + 28, true)];
      const path = new TextDecoder().decode(bytes.subarray(at + 30, at + 30 + nameLength));
      const start = at + 30 + nameLength + extraLength;
      expect(method).toBe(0);
      expect(start % 64).toBe(0);
      expect(bytes.slice(start, start + size)).toEqual(files.get(path));
      names.push(path);
      at = start + size;
    }
    expect(names[0]).toBe('scene.usda');
    expect(names.toSorted()).toEqual(Array.from(files.keys()).toSorted());
  });

  test('is the same in every time zone', async () => {
    const zone = process.env['TZ'];
    try {
      const written = [];
      for (const place of ['UTC', 'Pacific/Auckland', 'America/Los_Angeles']) {
        process.env['TZ'] = place;
        written.push(await exportScene(exampleScene(), 'usdz'));
      }
      expect(written[1]).toEqual(written[0]);
      expect(written[2]).toEqual(written[0]);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });
});
