import { describe, expect, test } from 'vitest';
import { boxMesh, type Mesh, sphereMesh, torusMesh } from '@scenemaker/sdk';
import { unwrap, type Unwrapped } from '../../../runtime-server/src/textures/unwrap.js';

/** A ramp that winds upward twice, so that one turn lies over the other. */
function helix(): Mesh {
  const steps = 96;
  const positions: number[] = [];
  for (let i = 0; i <= steps; i++) {
    const angle = (4 * Math.PI * i) / steps;
    for (const radius of [0.2, 0.5])
      positions.push(radius * Math.cos(angle), (0.6 * i) / steps, -radius * Math.sin(angle));
  }
  const indices = Array.from({ length: steps }, (_, i) => [0, 1, 3, 0, 3, 2].map((corner) => 2 * i + corner)).flat();
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

/** Middles of texels that lie well within more than one triangle. */
function sharedTexels({ indices, texels, width, height }: Unwrapped): number {
  const owners = new Uint8Array(width * height);
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => [texels[2 * indices[i + k]], texels[2 * indices[i + k] + 1]]);
    const area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    const [xs, ys] = [0, 1].map((axis) => [a[axis], b[axis], c[axis]]);
    for (let y = Math.floor(Math.min(...ys)); y <= Math.max(...ys); y++) {
      for (let x = Math.floor(Math.min(...xs)); x <= Math.max(...xs); x++) {
        const [px, py] = [x + 0.5 - a[0], y + 0.5 - a[1]];
        const v = (px * (c[1] - a[1]) - py * (c[0] - a[0])) / area;
        const w = ((b[0] - a[0]) * py - (b[1] - a[1]) * px) / area;
        if (v > 1e-3 && w > 1e-3 && v + w < 1 - 1e-3) owners[y * width + x]++;
      }
    }
  }
  return owners.filter((count) => count > 1).length;
}

const meshes: Record<string, Mesh> = {
  box: boxMesh(1, 0.6, 0.3),
  ball: sphereMesh(0.5, 24),
  ring: torusMesh(0.35, 0.15, 32, 16),
  helix: helix(),
};

describe.each(Object.entries(meshes))('a %s laid flat', (_, mesh) => {
  const flat = unwrap(mesh, { texelsPerUnit: 200, side: 1024 });

  test('keeps its triangles', () => {
    expect(Array.from(flat.indices, (vertex) => flat.source[vertex])).toEqual(Array.from(mesh.indices));
  });

  test('gives no two triangles the same texel, and has room around', () => {
    expect(sharedTexels(flat)).toBe(0);
    for (let i = 0; i < flat.texels.length; i++) {
      expect(flat.texels[i]).toBeGreaterThan(1);
      expect(flat.texels[i]).toBeLessThan((i % 2 === 0 ? flat.width : flat.height) - 1);
    }
  });

  test('is squeezed nowhere to less than a fifth, and fills two fifths of its atlas', () => {
    let covered = 0;
    const { positions } = mesh;
    for (let i = 0; i < mesh.indices.length; i += 3) {
      const side = (k: number, values: ArrayLike<number>, indices: Uint32Array, stride: number) =>
        [0, 1, 2].map((axis) =>
          axis < stride ? values[stride * indices[i + k] + axis] - values[stride * indices[i] + axis] : 0,
        );
      const area = ([ax, ay, az]: number[], [bx, by, bz]: number[]) =>
        Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx) / 2;
      const own = area(side(1, positions, mesh.indices, 3), side(2, positions, mesh.indices, 3));
      const laid = area(side(1, flat.texels, flat.indices, 2), side(2, flat.texels, flat.indices, 2));
      if (own > 1e-9) expect(laid / (own * flat.texelsPerUnit ** 2)).toBeGreaterThan(0.199);
      covered += laid;
    }
    expect(covered / (flat.width * flat.height)).toBeGreaterThan(0.4);
  });
});

test('a box has six charts, whichever way it is turned about the vertical', () => {
  for (const angle of [0, 0.3, Math.PI / 4]) {
    const { positions, indices } = boxMesh(1, 0.6, 0.3);
    const turned = positions.map((value, i) => {
      const [x, z] = [positions[i - (i % 3)], positions[i - (i % 3) + 2]];
      return [Math.cos(angle) * x + Math.sin(angle) * z, value, Math.cos(angle) * z - Math.sin(angle) * x][i % 3];
    });
    const { source } = unwrap({ positions: turned, indices }, { texelsPerUnit: 100, side: 512 });
    expect(source).toHaveLength(24);
  }
});
