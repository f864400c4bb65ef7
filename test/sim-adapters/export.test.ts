import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXPORT_FORMATS, exportFormats, exportScene, type ExportFormat, type FileSet } from '@scenemaker/sim-adapters';
import { awkwardlyNamedScene, exampleScene } from '../support/example-scene.js';

test.each(EXPORT_FORMATS)('%s: the same scene gives the same files, with relative paths', async (format) => {
  const [first, second] = [await exportScene(exampleScene(), format), await exportScene(exampleScene(), format)];
  expect(first.size).toBeGreaterThan(0);
  expect([...second.keys()]).toEqual([...first.keys()]);
  for (const [path, content] of first)
    expect(Buffer.compare(content, second.get(path) ?? Buffer.of()), `content of ${path}`).toBe(0);
  for (const path of first.keys()) expect(path).toMatch(/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/);
});

test('several formats at once are what each is alone, and share their meshes', async () => {
  const [scene, meshes] = [exampleScene(), new Set<Uint8Array | undefined>()];
  const formats: ExportFormat[] = [];
  for await (const [format, files] of exportFormats(scene, EXPORT_FORMATS)) {
    formats.push(format);
    expect(files).toEqual(await exportScene(scene, format));
    if (files.has('meshes/object-1.obj')) meshes.add(files.get('meshes/object-1.obj'));
  }
  expect(formats).toEqual(EXPORT_FORMATS);
  expect(meshes.size).toBe(1);
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

/** Relative to the file that holds them: MJCF, URDF, SDFormat, USD, OBJ and MTL. */
const REFERENCES = /(?<=(?: file| filename)="|<uri>|asset inputs:file = @|^mtllib |^map_Kd )[^"<@\n]+/gm;

describe.each(EXPORT_FORMATS.filter((format) => format !== 'glb' && format !== 'usdz'))('%s', (format) => {
  const texts = (files: FileSet): [string, string][] =>
    Array.from(files)
      .filter(([path]) => !path.endsWith('.png'))
      .map(([path, content]) => [path, new TextDecoder().decode(content)]);

  test.each(['with', 'without'])(
    'every file that is referred to is there and every file is referred to, %s colours',
    async (colors) => {
      const scene = awkwardlyNamedScene();
      if (colors === 'without') for (const { mesh } of scene.objects) delete mesh.colors;
      const files = await exportScene(scene, format);
      const wanted = new Set(
        texts(files).flatMap(([path, text]) =>
          Array.from(text.matchAll(REFERENCES), ([reference]) => posix.join(posix.dirname(path), reference)),
        ),
      );
      expect([...wanted].filter((path) => !files.has(path))).toEqual([]);
      const roots = [...files.keys()].filter((path) => !path.includes('/'));
      expect([...files.keys()].filter((path) => !wanted.has(path))).toEqual(roots);
      expect([...files.keys()].some((path) => path.endsWith('.png'))).toBe(colors === 'with');
    },
  );
});
