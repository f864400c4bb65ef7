/**
 * How much of a far light a point sees: the scene seen from the light, and lookups in a disc about
 * the point, so that edges are soft. Used for the sun and, with a wide disc, for the open sky.
 */
import { mat3, quat, type Mat3, type Vec3 } from '../geometry/index.js';
import { lookAlong } from './camera.js';
import { createTarget, fillTriangle, type Target } from './fill-triangle.js';
import type { TriangleSoup } from './rasterise.js';

const MAP_SIZE = 1024;
/** Lookups of a full disc. */
const TAPS = 32;

export interface ShadowMap {
  target: Target;
  /** World to the light's frame: x right, y down, z with the light. */
  rotation: Mat3;
  /** Texel = scale * (light's frame - origin). */
  originX: number;
  originY: number;
  scale: number;
  /** Offsets of the lookups, texels, stride 2. */
  disc: Float64Array;
  /** Radius of the disc, metres. */
  radius: number;
  /** How much nearer to the light something must be to cast a shadow, metres. */
  bias: number;
}

/**
 * The soup is in the world's frame; `towards` is the unit vector to the light.
 * `radius` is the disc's, in texels, of which the scene is about `MAP_SIZE` wide.
 */
export function createShadowMap(soup: TriangleSoup, towards: Vec3, radius: number): ShadowMap | null {
  if (soup.indices.length === 0) return null;
  const rotation = mat3.transpose(quat.toMat3(lookAlong([-towards[0], -towards[1], -towards[2]])));
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = rotation;
  const { positions: p, indices } = soup;
  const screen = new Float64Array(p.length);
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < p.length; i += 3) {
    const x = xx * p[i] + xy * p[i + 1] + xz * p[i + 2];
    const y = yx * p[i] + yy * p[i + 1] + yz * p[i + 2];
    screen[i] = x;
    screen[i + 1] = y;
    screen[i + 2] = -(zx * p[i] + zy * p[i + 1] + zz * p[i + 2]);
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  const scale = (MAP_SIZE - 4) / Math.max(maxX - minX, maxY - minY, 1e-6);
  const [originX, originY] = [minX - 2 / scale, minY - 2 / scale];
  for (let i = 0; i < screen.length; i += 3) {
    screen[i] = scale * (screen[i] - originX);
    screen[i + 1] = scale * (screen[i + 1] - originY);
  }
  const target = createTarget(MAP_SIZE, MAP_SIZE);
  for (let i = 0; i < indices.length; i += 3) {
    fillTriangle(target, screen, 3 * indices[i], 3 * indices[i + 1], 3 * indices[i + 2], i / 3);
  }
  return { target, rotation, originX, originY, scale, disc: disc(radius), radius: radius / scale, bias: 2 / scale };
}

/**
 * Share of the light seen from a world point, 0 to 1. Every `stride`-th lookup from `first` is made,
 * so that several samples of a pixel can share the disc among them.
 */
export function lightSeen(map: ShadowMap, x: number, y: number, z: number, first = 0, stride = 1): number {
  const { rotation: r, target, disc: offsets } = map;
  const u = map.scale * (r[0] * x + r[1] * y + r[2] * z - map.originX);
  const v = map.scale * (r[3] * x + r[4] * y + r[5] * z - map.originY);
  const limit = map.bias - (r[6] * x + r[7] * y + r[8] * z);
  const reach = map.radius * map.scale;
  if (!(u > -reach && v > -reach && u < MAP_SIZE + reach && v < MAP_SIZE + reach)) return 1;
  let seen = 0;
  let taps = 0;
  for (let k = 2 * first; k < offsets.length; k += 2 * stride, taps++) {
    const i = Math.floor(u + offsets[k]);
    const j = Math.floor(v + offsets[k + 1]);
    if (i < 0 || j < 0 || i >= MAP_SIZE || j >= MAP_SIZE || target.nearness[j * MAP_SIZE + i] <= limit) seen++;
  }
  return seen / taps;
}

/** Points spread evenly over a disc, on a sunflower's spiral. */
function disc(radius: number): Float64Array {
  const golden = Math.PI * (3 - Math.sqrt(5));
  const offsets = new Float64Array(2 * TAPS);
  for (let k = 0; k < TAPS; k++) {
    const distance = radius * Math.sqrt((k + 0.5) / TAPS);
    offsets[2 * k] = distance * Math.cos(k * golden);
    offsets[2 * k + 1] = distance * Math.sin(k * golden);
  }
  return offsets;
}
