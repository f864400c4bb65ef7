import { expect, test } from 'vitest';
import { EXPORT_FORMATS, exportScene, type ExportFormat } from '@scenemaker/sim-adapters';
import { exampleScene } from '../support/example-scene.js';

test.each(EXPORT_FORMATS)('%s: the same scene gives the same files, with relative paths', async (format) => {
  const [first, second] = [await exportScene(exampleScene(), format), await exportScene(exampleScene(), format)];
  expect(first.size).toBeGreaterThan(0);
  expect([...second.keys()]).toEqual([...first.keys()]);
  for (const [path, content] of first)
    expect(Buffer.compare(content, second.get(path) ?? Buffer.of()), `content of ${path}`).toBe(0);
  for (const path of first.keys()) expect(path).toMatch(/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/);
});

test.each(EXPORT_FORMATS)('%s: a mass of zero is refused', async (format) => {
  const scene = exampleScene();
  const [{ properties }] = scene.objects;
  properties.massKg = { value: 0, source: 'given' };
  await expect(exportScene(scene, format)).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('massKg'),
  });
});

test('a format that is none', async () => {
  await expect(exportScene(exampleScene(), 'dwg' as ExportFormat)).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('dwg'),
    details: { given: 'dwg', allowed: EXPORT_FORMATS },
  });
});
