import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { boxMesh, checkClosed, meshBounds } from '@scenemaker/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage } from '../../../runtime-server/src/backends/index.js';
import { decodeResponse, encodeRequest, HEADER_LENGTH } from '../../../runtime-server/src/backends/kserve/wire.js';
import { emptyMask, maskArea } from '../../../runtime-server/src/stages/mask-ops.js';
import type { Mask, Picture, StageName } from '../../../runtime-server/src/stages/stage.js';
import { type InferenceServer, SERVERS } from '../../support/inference-servers.js';
import { packOf } from '../../support/large-models.js';

const context = { seed: 3 };
const [WIDTH, HEIGHT] = [40, 30];

/** Bright but for its upper third. */
const picture: Picture = {
  width: WIDTH,
  height: HEIGHT,
  data: Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, i) => (i < WIDTH * HEIGHT ? 0 : 100 + (i % 3) * 50)),
};

function rectangle(x0: number, y0: number, x1: number, y1: number): Mask {
  const mask = emptyMask(WIDTH, HEIGHT);
  for (let y = y0; y < y1; y++) mask.data.fill(1, y * WIDTH + x0, y * WIDTH + x1);
  return mask;
}

// One that is not installed is reported as skipped, by name.
for (const { name, python, start, binary } of SERVERS)
  describe.skipIf(python === undefined)(`stages on ${name}`, () => {
    let server: InferenceServer;
    beforeAll(async () => {
      server = await start();
    }, 120_000);
    afterAll(async () => server?.close());

    const open = async <Name extends StageName>(name: Name) => {
      const settings = {
        url: `${server.url}/`,
        model: name,
        ...(binary && { binary }),
        ...(name === 'deocclude' && { size: 32 }),
      };
      return openStage(name, await packOf({ [name]: { backend: 'kserve', settings } }));
    };

    test('depth, with the camera that the server finds', async () => {
      const answer = await (await open('depth')).run({ picture }, context);
      expect(answer.intrinsics).toEqual({ fx: WIDTH, fy: WIDTH, cx: WIDTH / 2, cy: HEIGHT / 2 });
      expect(answer.up).toEqual([0, -1, 0]);
      expect(answer.metersPerUnit).toBe(0.25);
      expect(answer.depth[0]).toBe(1);
      expect(answer.depth[WIDTH * HEIGHT - 1]).toBeCloseTo(1 + 100 / 255, 6);
    });

    test('depth, with a camera that is known; NaN where there is none', async () => {
      const known = { fx: 33, fy: 34, cx: 20, cy: 15 };
      const blue = { ...picture, data: picture.data.map((value, i) => (i % 3 === 2 && i < 300 ? 255 : value)) };
      const answer = await (await open('depth')).run({ picture: blue, intrinsics: known }, context);
      expect(answer.intrinsics).toEqual(known);
      expect(Math.hypot(...answer.up)).toBeCloseTo(1, 5);
      expect([answer.depth[0], answer.depth[100]]).toEqual([NaN, 1]);
    });

    test('segment: masks that overlap are told apart, the surer one first', async () => {
      const segments = await (await open('segment')).run({ picture }, context);
      expect(segments.map(({ label, score }) => [label, score])).toEqual([
        ['left', expect.closeTo(0.9, 5)],
        ['right', expect.closeTo(0.8, 5)],
      ]);
      // The upper third is dark; the left one keeps the two columns in the middle that both want.
      expect(segments.map(({ mask }) => maskArea(mask))).toEqual([21 * 20, 19 * 20]);
    });

    test('segment by words, boxes, points and masks: each answer goes to its hint', async () => {
      const hints = [
        { words: 'the rote Tasse ☕', box: [2, 3, 10, 9] as const },
        { mask: rectangle(20, 20, 26, 24) },
        { points: [[30, 20] as const] },
      ];
      const segments = await (await open('segment')).run({ picture, hints }, context);
      expect(segments.map(({ label, hint }) => [label, hint])).toEqual([
        ['the rote Tasse ☕', 0],
        ['object', 1],
        ['thing', 2],
      ]);
      expect(segments[0].mask).toEqual(rectangle(2, 3, 10, 9));
      expect(segments[2].mask).toEqual(rectangle(28, 18, 33, 23));
    });

    test('deocclude: what is seen is kept, what may be hidden is as the server has it', async () => {
      const stage = await open('deocclude');
      const visible = rectangle(10, 12, 20, 22);
      const input = { picture, visible, hidden: rectangle(20, 12, 24, 22), words: 'mug' };
      const { object, before, window, confidence } = await stage.run(input, context);
      expect([object.width, before.width]).toEqual([32, 32]);
      const at = (x: number, y: number): number[] => {
        const scale = 32 / window.side;
        const i = Math.floor((y - window.y) * scale) * 32 + Math.floor((x - window.x) * scale);
        return [...object.data.subarray(4 * i, 4 * i + 4)];
      };
      expect(at(14, 18)).toEqual([100, 150, 200, 255]);
      expect(at(22, 16)).toEqual([6, 6, 6, 255]);
      expect(at(15, 9)[3]).toBe(0);
      expect(confidence).toBeGreaterThan(0.9);
    });

    test('shape: closed, in canonical space, where the picture shows the object', async () => {
      const data = new Uint8Array(4 * 32 * 32);
      for (let y = 6; y < 26; y++) for (let x = 10; x < 20; x++) data.set([10, 200, 90, 255], 4 * (32 * y + x));
      const intrinsics = { fx: 60, fy: 60, cx: 20, cy: 15 };
      const { mesh, score } = await (
        await open('shape')
      ).run(
        {
          object: { width: 32, height: 32, data },
          window: { x: 4, y: 0, side: 24 },
          intrinsics,
          up: [0, -1, 0],
          points: Float32Array.of(0, 0, 2, 0.1, 0, 2, 0, 0.1, 2),
          measured: true,
        },
        context,
      );
      expect(checkClosed(mesh).closed).toBe(true);
      const { min, max } = meshBounds(mesh);
      const sides = max.map((high, k) => high - min[k]);
      expect(sides[1]).toBeCloseTo(1, 5);
      expect(sides[0]).toBeCloseTo(0.5, 1);
      expect(score).toBeGreaterThan(0.85);
      // The side that is seen is as in the picture, the others as the server has them.
      const colorAt = (test: (position: readonly number[]) => boolean): number[] | undefined => {
        for (let i = 0; i < mesh.positions.length / 3; i++) {
          if (test([...mesh.positions.subarray(3 * i, 3 * i + 3)]))
            return [...(mesh.colors ?? new Uint8Array()).subarray(4 * i, 4 * i + 3)];
        }
        return undefined;
      };
      expect(colorAt(([, , z]) => z < min[2] + 1e-3)?.[0]).toBeGreaterThan(100);
    });

    test('pose: of all objects at once, each with what is its own', async () => {
      const object = (z: number, mask: Mask) => ({
        mesh: boxMesh(1, 0.5, 0.5),
        mask,
        points: Float32Array.of(0, 0, z, 1, 2, z),
      });
      const objects = [object(2, rectangle(0, 0, 20, 15)), object(4, rectangle(0, 0, 40, 15))];
      const intrinsics = { fx: 60, fy: 60, cx: 20, cy: 15 };
      const stage = await open('pose');
      const poses = await stage.run({ picture, intrinsics, up: [0, -1, 0], objects }, context);
      const { positions, indices } = objects[0].mesh;
      expect(poses.map(({ pose }) => pose.size)).toEqual(Array(2).fill((positions.length + indices.length) / 3));
      expect(poses.map(({ pose }) => pose.translation)).toEqual([
        [0.5, -1, -2],
        [0.5, -1, -4],
      ]);
      expect(poses[1].pose.rotation[1]).toBeCloseTo(0.6, 6);
      expect(poses.map(({ score }) => score)).toEqual([0.25, 0.5]);
      expect(await stage.run({ picture, intrinsics, up: [0, -1, 0], objects: [] }, context)).toEqual([]);
    });

    test('a model that the server does not have: model-unreachable', async () => {
      const pack = await packOf({ depth: { backend: 'kserve', settings: { url: server.url, model: 'nobody' } } });
      await expect(openStage('depth', pack)).rejects.toMatchObject({
        code: 'model-unreachable',
        message: expect.stringMatching(/nobody is not ready/),
      });
    });
  });

describe('the protocol on the wire', () => {
  test('binary tensors follow the JSON, whose length is in a header', () => {
    const { headers, bytes } = encodeRequest(
      {
        a: { datatype: 'FP32', shape: [2], data: Float32Array.of(1, -2) },
        b: { datatype: 'BYTES', shape: [2], data: ['é', ''] },
      },
      true,
    );
    const length = Number(headers[HEADER_LENGTH]);
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(0, length)));
    expect(header).toEqual({
      id: 'scenemaker',
      inputs: [
        { name: 'a', datatype: 'FP32', shape: [2], parameters: { binary_data_size: 8 } },
        { name: 'b', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: 10 } },
      ],
      parameters: { binary_data_output: true },
    });
    expect([...bytes.subarray(length)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192, 2, 0, 0, 0, 195, 169, 0, 0, 0, 0]);
  });

  const json = (...outputs: object[]): Uint8Array => new TextEncoder().encode(JSON.stringify({ outputs }));

  test('answers may mix JSON and bytes, nest rows, and count with other types', () => {
    const header = json(
      { name: 'a', datatype: 'FP64', shape: [1], parameters: { binary_data_size: 8 } },
      { name: 'b', datatype: 'BOOL', shape: [2, 2], data: [[true, false], [false, true]] }, // prettier-ignore
      { name: 'c', datatype: 'INT64', shape: [1], parameters: { binary_data_size: 8 } },
    );
    const body = Buffer.concat([
      header,
      Buffer.from(Float64Array.of(0.5).buffer),
      Buffer.from(BigInt64Array.of(-7n).buffer),
    ]);
    expect(decodeResponse(body, header.length)).toEqual({
      a: { datatype: 'FP32', shape: [1], data: Float32Array.of(0.5) },
      b: { datatype: 'UINT8', shape: [2, 2], data: Uint8Array.of(1, 0, 0, 1) },
      c: { datatype: 'INT32', shape: [1], data: Int32Array.of(-7) },
    });
  });

  test.each([
    [
      'fewer values than its shape',
      json({ name: 'a', datatype: 'FP32', shape: [3], data: [1, 2] }),
      /\[3\] has 2 values/,
    ],
    ['a type of another protocol', json({ name: 'a', datatype: 'COMPLEX', shape: [1], data: [1] }), /type COMPLEX/],
    ['no outputs', new TextEncoder().encode('{}'), /outputs/],
  ])('an answer with %s is refused', (_, body, message) => {
    expect(() => decodeResponse(body)).toThrow(message);
  });

  test('an answer that ends before its bytes do is refused', () => {
    const header = json({ name: 'a', datatype: 'FP32', shape: [1], parameters: { binary_data_size: 4 } });
    expect(() => decodeResponse(Buffer.concat([header, Buffer.alloc(3)]), header.length)).toThrow(
      /ends after the body/,
    );
  });
});

describe('a server that', () => {
  /** Answers every path of the protocol with a status and a text. */
  async function serve(status: number, text: string): Promise<InferenceServer> {
    const server = createServer((request, response) => {
      request.resume();
      const infer = request.url?.endsWith('/infer') === true;
      response.writeHead(infer ? status : 200).end(infer ? text : '{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      close: () => new Promise((resolve) => server.close(() => resolve())),
    };
  }

  async function run(url: string): Promise<unknown> {
    const stage = await openStage(
      'depth',
      await packOf({ depth: { backend: 'kserve', settings: { url, model: 'm' } } }),
    );
    return stage.run({ picture }, context);
  }

  test.each([
    ['fails', 500, '{"error": "out of memory"}', 'model-unreachable', /500: .*out of memory/],
    ['speaks no JSON', 200, '<html>', 'pack-corrupt', /no answer/],
    ['gives another tensor', 200, '{"outputs": []}', 'pack-corrupt', /gives no depth of FP32 \[30, 40\]/],
  ])('%s: the error says so', async (_, status, text, code, message) => {
    const server = await serve(status, text);
    await expect(run(server.url)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await server.close();
  });

  test('is not there: model-unreachable, and why', async () => {
    const gone = await serve(200, '');
    await gone.close();
    await expect(run(gone.url)).rejects.toMatchObject({
      code: 'model-unreachable',
      message: expect.stringMatching(/cannot be reached: .*ECONNREFUSED/),
    });
  });
});
