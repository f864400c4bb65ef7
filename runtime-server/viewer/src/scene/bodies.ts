/** Physics of what is shown: held, running, and told where things are. */
import type { PhysicsBody } from '@babylonjs/core/Physics/v2/physicsBody.js';
import type { HavokPlugin } from '@babylonjs/core/Physics/v2/Plugins/havokPlugin.js';
import { Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import { Scene } from '@babylonjs/core/scene.js';
import type { BuiltObject } from '@scenemaker/sdk/babylon';

/** A frame that took longer is not made up for, milliseconds. */
const LONGEST_STEP = 100;

export interface Bodies {
  readonly running: boolean;
  run(): void;
  hold(): void;
  /** Takes over where the meshes are; everything is at rest. */
  adopt(objects: Iterable<BuiltObject>): void;
}

export function createBodies(scene: Scene): Bodies {
  Scene.MaxDeltaTime = LONGEST_STEP;
  scene.physicsEnabled = false;
  return {
    get running() {
      return scene.physicsEnabled;
    },
    run: () => void (scene.physicsEnabled = true),
    hold: () => void (scene.physicsEnabled = false),
    adopt(objects) {
      const plugin = scene.getPhysicsEngine()?.getPhysicsPlugin() as HavokPlugin | null | undefined;
      for (const { mesh, body } of objects) {
        if (!body || !plugin) continue;
        mesh.computeWorldMatrix(true);
        body.disablePreStep = false;
        plugin.setPhysicsBodyTransformation(body, mesh);
        body.disablePreStep = true;
        body.setLinearVelocity(Vector3.Zero());
        body.setAngularVelocity(Vector3.Zero());
      }
    },
  };
}

/** Gives the body a speed, level and away from the eye, in m/s. */
export function pushAway(scene: Scene, body: PhysicsBody, speed: number): void {
  const ahead = scene.activeCamera?.getForwardRay().direction ?? Vector3.Forward();
  const along = new Vector3(ahead.x, 0, ahead.z).normalize();
  const mass = body.getMassProperties().mass ?? 1;
  body.applyImpulse(along.scale(speed * mass), body.getObjectCenterWorld());
}
