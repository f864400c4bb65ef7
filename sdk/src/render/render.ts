/**
 * A picture of a scene, drawn in software: no GPU, no browser.
 *
 * Four samples a pixel; textures or vertex colours, smooth normals, a sun with soft shadows, light from the sky
 * where it is open and from below, the ground, and a plain backdrop into which the ground fades.
 *
 *   world: right-handed, y up       camera: x right, y down, z forward
 */
import { quat, vec3, type Mat3, type Vec3 } from '../geometry/index.js';
import type { Camera, Ground, SceneDescription } from '../scene/index.js';
import type { Picture } from './picture.js';
import { scaleCamera } from './camera.js';
import type { Target } from './fill-triangle.js';
import { cameraSoup, rasteriseTriangles, worldSoup, type TriangleSoup } from './rasterise.js';
import { createShadowMap, lightSeen, type ShadowMap } from './shadow.js';
import { sceneSurface, type Surface } from './surface.js';
import { sampleTexture } from './texture.js';
import { SRGB_TO_LINEAR, toneByte } from './tone.js';

/** Samples along each side of a pixel. */
const SIDE = 2;
const SAMPLES = SIDE * SIDE;
/** Linear light. */
const SUN = [0.8, 0.77, 0.7] as const;
const SKY = [0.54, 0.57, 0.62] as const;
const BOUNCE = [0.34, 0.32, 0.3] as const;
const BACKDROP_TOP = [0.86, 0.88, 0.91] as const;
const BACKDROP_BOTTOM = [0.52, 0.54, 0.57] as const;
/** Share of the sky's light that reaches what lies under something. */
const UNDER_COVER = 0.3;
/** Widths of the soft edges, texels of the shadow maps. */
const SUN_RADIUS = 10;
const SKY_RADIUS = 45;
/** From here to its edge the ground fades, as shares of half its extent. */
const FADE = [0.55, 1] as const;

export interface RenderOptions {
  /** Unit vector towards the sun in the world. Default: high, behind the main camera's left shoulder. */
  sun?: Vec3;
}

/** What the scene looks like from `camera`, at the camera's size. */
export function renderScene(scene: SceneDescription, camera: Camera, options: RenderOptions = {}): Picture {
  const fine = scaleCamera(camera, SIDE);
  const world = worldSoup(scene);
  const soup = cameraSoup(scene, fine);
  const sun = options.sun ?? defaultSun(scene);
  const view: View = {
    ground: scene.ground,
    groundColor: scene.ground.color.map((byte) => SRGB_TO_LINEAR[Math.round(byte)]),
    camera: fine,
    toWorld: quat.toMat3(quat.normalize(fine.cameraToWorld.rotation)),
    soup,
    target: rasteriseTriangles(soup, fine),
    surface: sceneSurface(scene, world),
    sun,
    sunMap: createShadowMap(world, sun, SUN_RADIUS),
    skyMap: createShadowMap(world, vec3.UP, SKY_RADIUS),
  };
  return average(view, camera.width, camera.height);
}

interface View {
  ground: Ground;
  /** Linear. */
  groundColor: number[];
  camera: Camera;
  toWorld: Mat3;
  /** In the camera's frame. */
  soup: TriangleSoup;
  target: Target;
  surface: Surface;
  sun: Vec3;
  sunMap: ShadowMap | null;
  skyMap: ShadowMap | null;
}

/** A ray of the camera: its direction in the camera's frame (z is 1) and in the world. */
interface Ray {
  dx: number;
  dy: number;
  wx: number;
  wy: number;
  wz: number;
}

function average(view: View, width: number, height: number): Picture {
  const data = new Uint8Array(3 * width * height);
  const light = new Float64Array(3);
  const ray: Ray = { dx: 0, dy: 0, wx: 0, wy: 0, wz: 0 };
  const { target } = view;
  for (let y = 0, out = 0; y < height; y++) {
    for (let x = 0; x < width; x++, out += 3) {
      const first = SIDE * (y * target.width + x);
      light.fill(0);
      let open = 0;
      for (let k = 0; k < SAMPLES; k++) {
        const [i, j] = [k % SIDE, k >> 1];
        const sample = first + j * target.width + i;
        if (target.triangles[sample] < 0) {
          open++;
          continue;
        }
        aim(view, SIDE * x + i + 0.5, SIDE * y + j + 0.5, ray);
        const depth = 1 / target.nearness[sample];
        if (depth <= depthOfGround(view, ray) * 1.0001)
          addSurface(view, ray, target.triangles[sample], depth, k, light);
        else open++;
      }
      if (open > 0) {
        // Ground and backdrop change slowly: one ray through the pixel's middle is enough.
        aim(view, SIDE * (x + 0.5), SIDE * (y + 0.5), ray);
        addBackdrop(view, ray, (y + 0.5) / height, open, light);
      }
      for (let k = 0; k < 3; k++) data[out + k] = toneByte(light[k] / SAMPLES);
    }
  }
  return { width, height, data };
}

/** Points `ray` through (x, y), pixels of the fine camera. */
function aim({ camera, toWorld: m }: View, x: number, y: number, ray: Ray): void {
  const dx = (x - camera.cx) / camera.fx;
  const dy = (y - camera.cy) / camera.fy;
  ray.dx = dx;
  ray.dy = dy;
  ray.wx = m[0] * dx + m[1] * dy + m[2];
  ray.wy = m[3] * dx + m[4] * dy + m[5];
  ray.wz = m[6] * dx + m[7] * dy + m[8];
}

/** z at which the ray meets the ground from above; infinite where it does not. */
function depthOfGround({ camera, ground }: View, ray: Ray): number {
  const above = camera.cameraToWorld.translation[1] - ground.height;
  return ray.wy < 0 && above > 0 ? -above / ray.wy : Infinity;
}

/** Adds `weight` times the light of ground and backdrop; `t` is 0 at the picture's top and 1 at its bottom. */
function addBackdrop(view: View, ray: Ray, t: number, weight: number, light: Float64Array): void {
  const { ground, groundColor, sun, sunMap, skyMap } = view;
  const depth = depthOfGround(view, ray);
  let faded = 1;
  let direct = 0;
  let sky = 0;
  if (depth < Infinity) {
    const eye = view.camera.cameraToWorld.translation;
    const x = eye[0] + depth * ray.wx;
    const z = eye[2] + depth * ray.wz;
    faded = smoothstep(FADE[0], FADE[1], Math.hypot(x - ground.center[0], z - ground.center[1]) / ground.halfExtent);
    if (faded < 1) {
      direct = Math.max(0, sun[1]) * (sunMap ? lightSeen(sunMap, x, ground.height, z) : 1);
      sky = skyMap ? openSky(lightSeen(skyMap, x, ground.height, z)) : 1;
    }
  }
  for (let k = 0; k < 3; k++) {
    const backdrop = BACKDROP_TOP[k] + t * (BACKDROP_BOTTOM[k] - BACKDROP_TOP[k]);
    const shown = groundColor[k] * (SUN[k] * direct + SKY[k] * sky);
    light[k] += weight * (shown + faded * (backdrop - shown));
  }
}

/** Linear r, g, b of the surface that `addSurface` looks at. */
const albedo = new Float64Array(3);

/** Adds the light of a triangle seen along the ray; `sample` tells the samples of a pixel apart. */
function addSurface(view: View, ray: Ray, triangle: number, depth: number, sample: number, light: Float64Array): void {
  const { indices, positions: p } = view.soup;
  const { normals: n, colors, uvs, textures } = view.surface;
  const a = 3 * indices[3 * triangle];
  const b = 3 * indices[3 * triangle + 1];
  const c = 3 * indices[3 * triangle + 2];
  // The ray (dx, dy, 1) meets the triangle where the weights of its corners are as these volumes.
  let u = volume(p, ray, b, c);
  let v = volume(p, ray, c, a);
  let w = volume(p, ray, a, b);
  const sum = u + v + w;
  if (sum === 0) {
    [u, v, w] = [1, 0, 0];
  } else {
    u /= sum;
    v /= sum;
    w /= sum;
  }
  let nx = u * n[a] + v * n[b] + w * n[c];
  let ny = u * n[a + 1] + v * n[b + 1] + w * n[c + 1];
  let nz = u * n[a + 2] + v * n[b + 2] + w * n[c + 2];
  // A surface seen from behind is lit from its seen side.
  const facing = nx * ray.wx + ny * ray.wy + nz * ray.wz > 0 ? -1 : 1;
  const length = facing * Math.sqrt(nx * nx + ny * ny + nz * nz) || 1;
  nx /= length;
  ny /= length;
  nz /= length;
  const { sun, sunMap, skyMap } = view;
  const eye = view.camera.cameraToWorld.translation;
  const x = eye[0] + depth * ray.wx;
  const y = eye[1] + depth * ray.wy;
  const z = eye[2] + depth * ray.wz;
  let direct = nx * sun[0] + ny * sun[1] + nz * sun[2];
  if (direct <= 0) direct = 0;
  else if (sunMap) {
    // Off the surface by the width of the soft edge, so that it does not shade itself.
    const off = sunMap.radius + sunMap.bias;
    direct *= lightSeen(sunMap, x + off * nx, y + off * ny, z + off * nz, sample, SAMPLES);
  }
  let sky = 1;
  if (skyMap) {
    const off = skyMap.radius;
    sky = openSky(lightSeen(skyMap, x + off * nx, y + skyMap.bias * 4, z + off * nz, sample, SAMPLES));
  }
  const up = 0.5 + 0.5 * ny;
  const texture = textures[view.soup.objectOfTriangle[triangle]];
  if (texture) {
    const [s, t, r] = [(2 * a) / 3, (2 * b) / 3, (2 * c) / 3];
    sampleTexture(
      texture,
      u * uvs[s] + v * uvs[t] + w * uvs[r],
      u * uvs[s + 1] + v * uvs[t + 1] + w * uvs[r + 1],
      albedo,
    );
  } else {
    for (let k = 0; k < 3; k++) albedo[k] = u * colors[a + k] + v * colors[b + k] + w * colors[c + k];
  }
  for (let k = 0; k < 3; k++) light[k] += albedo[k] * (SUN[k] * direct + sky * (BOUNCE[k] + up * (SKY[k] - BOUNCE[k])));
}

/** Six times the volume between the ray's direction and two corners. */
function volume(p: Float64Array, { dx, dy }: Ray, b: number, c: number): number {
  return (
    dx * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1]) +
    dy * (p[b + 2] * p[c] - p[b] * p[c + 2]) +
    (p[b] * p[c + 1] - p[b + 1] * p[c])
  );
}

const openSky = (seen: number): number => UNDER_COVER + (1 - UNDER_COVER) * seen;

/** High, behind the left shoulder of the main camera. */
function defaultSun(scene: SceneDescription): Vec3 {
  const rotation = scene.cameras[0]?.cameraToWorld.rotation ?? [1, 0, 0, 0];
  const forward = quat.rotate(rotation, [0, 0, 1]);
  const back = vec3.normalize([-forward[0], 0, -forward[2]], [0, 0, 1]);
  const left: Vec3 = [-back[2], 0, back[0]];
  return vec3.normalize([left[0] * 0.6 + back[0] * 0.45, 1.1, left[2] * 0.6 + back[2] * 0.45]);
}

function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
