/** Light, shadow, ground and background. */
import { DirectionalLight } from '@babylonjs/core/Lights/directionalLight.js';
import { HemisphericLight } from '@babylonjs/core/Lights/hemisphericLight.js';
import { ShadowGenerator } from '@babylonjs/core/Lights/Shadows/shadowGenerator.js';
import '@babylonjs/core/Lights/Shadows/shadowGeneratorSceneComponent.js';
import { StandardMaterial } from '@babylonjs/core/Materials/standardMaterial.js';
import { RawTexture } from '@babylonjs/core/Materials/Textures/rawTexture.js';
import { Color3, Color4 } from '@babylonjs/core/Maths/math.color.js';
import { Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import type { AbstractMesh } from '@babylonjs/core/Meshes/abstractMesh.js';
import { CreateGround } from '@babylonjs/core/Meshes/Builders/groundBuilder.js';
import type { Scene } from '@babylonjs/core/scene.js';
import type { Ground, Vec3 } from '@scenemaker/sdk';
import type { Theme } from '../state/view.js';
import type { Extent } from './orbit.js';

export interface Look {
  setTheme(theme: Theme): void;
  /**
   * `radius`: of the part with objects in it, metres, about `center`. The sun stands over the left shoulder of who
   * looks along `ahead`.
   */
  setGround(ground: Ground, extent: Extent, ahead: Vec3): void;
  setCasters(meshes: readonly AbstractMesh[]): void;
}

const BACKGROUNDS = { light: '#e9e8e4', dark: '#15171b' } as const;
/** Sky and sun together light what lies level half as much again as it reflects; this keeps its colour. */
const LEVEL_SHARE = 0.68;
/** The ground beyond the objects fades out at so many times their radius. */
const GROUND_REACH = 3.2;

export function createLook(scene: Scene): Look {
  const sky = new HemisphericLight('sky', new Vector3(0.1, 1, 0.2), scene);
  sky.intensity = 1.05;
  const sun = new DirectionalLight('sun', new Vector3(-0.45, -1, -0.35).normalize(), scene);
  sun.intensity = 0.5;
  const shadows = new ShadowGenerator(1024, sun);
  shadows.usePercentageCloserFiltering = true;
  shadows.bias = 0.002;
  shadows.normalBias = 0.01;
  shadows.darkness = 0.35;

  const material = new StandardMaterial('viewer-ground', scene);
  material.specularColor = Color3.Black();
  material.opacityTexture = fade(scene);
  const disc = CreateGround('viewer-ground', { width: 2, height: 2 }, scene);
  disc.material = material;
  disc.receiveShadows = true;
  disc.isPickable = false;
  disc.setEnabled(false);
  let groundColor = Color3.Gray();
  let isDark = false;
  // A dark page with a bright table top in it would dazzle.
  const paintGround = (): void => void (material.diffuseColor = groundColor.scale(isDark ? 0.3 : LEVEL_SHARE));

  return {
    setTheme(theme) {
      const color = Color3.FromHexString(BACKGROUNDS[theme]);
      scene.clearColor = new Color4(color.r, color.g, color.b, 1);
      isDark = theme === 'dark';
      paintGround();
      sky.groundColor = theme === 'dark' ? new Color3(0.62, 0.63, 0.66) : new Color3(0.86, 0.84, 0.81);
    },
    setGround({ color, height }, { center, radius }, [x, , z]) {
      sun.direction = new Vector3(x * 0.8 - z * 0.6, -1.5, z * 0.8 + x * 0.6).normalize();
      groundColor = new Color3(color[0] / 255, color[1] / 255, color[2] / 255);
      paintGround();
      const reach = radius * GROUND_REACH;
      disc.scaling.set(reach, 1, reach);
      disc.position.set(center.x, height, center.z);
      disc.setEnabled(true);
      sun.position = center.subtract(sun.direction.scale(4 * radius));
      sun.shadowMinZ = radius;
      sun.shadowMaxZ = 8 * radius;
    },
    setCasters(meshes) {
      const map = shadows.getShadowMap();
      if (map) map.renderList = [...meshes];
      for (const mesh of meshes) mesh.receiveShadows = true;
    },
  };
}

/** Opaque in the middle, gone at the rim. */
function fade(scene: Scene): RawTexture {
  const side = 128;
  const pixels = new Uint8Array(4 * side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const r = Math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) / (side / 2);
      const t = Math.min(1, Math.max(0, (1 - r) / 0.75));
      pixels.set([255, 255, 255, Math.round(255 * t * t * (3 - 2 * t))], 4 * (y * side + x));
    }
  }
  const texture = RawTexture.CreateRGBATexture(pixels, side, side, scene, false);
  texture.hasAlpha = true;
  return texture;
}
