/** Pulling an object, which has a running physics, by a spring that ends at the pointer, in the plane that faces the camera. */
import { Plane } from '@babylonjs/core/Maths/math.plane.js';
import { Matrix, Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import type { PhysicsBody } from '@babylonjs/core/Physics/v2/physicsBody.js';
import type { Scene } from '@babylonjs/core/scene.js';

export interface Pull {
  /** Canvas pixels. */
  moveTo(x: number, y: number): void;
  end(): void;
}

/** Of the spring, 1/s: stiff enough to follow, soft enough not to tear through things. */
const FREQUENCY = 14;
/** Times its weight that a pull may exert, so that nothing is pushed through what it stands on. */
const STRONGEST_PULL = 40;
/** Share of its turn speed that a pulled body keeps from one step to the next. */
const TURN_KEPT = 0.97;

export function startPull(scene: Scene, body: PhysicsBody, grip: Vector3): Pull {
  const node = body.transformNode;
  node.computeWorldMatrix(true);
  const local = Vector3.TransformCoordinates(grip, Matrix.Invert(node.getWorldMatrix()));
  const camera = scene.activeCamera;
  const plane = Plane.FromPositionAndNormal(grip, camera ? camera.getForwardRay().direction : Vector3.Forward());
  let target = grip.clone();
  const velocity = new Vector3();
  const observer = scene.onBeforePhysicsObservable.add(() => {
    const mass = body.getMassProperties().mass ?? 1;
    const at = Vector3.TransformCoordinates(local, node.computeWorldMatrix(true));
    body.getLinearVelocityToRef(velocity);
    const spring = target.subtract(at).scale(FREQUENCY * FREQUENCY);
    const force = spring.subtract(velocity.scale(2 * FREQUENCY)).scale(mass);
    const limit = STRONGEST_PULL * 9.81 * mass;
    if (force.length() > limit) force.scaleInPlace(limit / force.length());
    body.applyForce(force, at);
    body.setAngularVelocity(body.getAngularVelocity().scale(TURN_KEPT));
  });
  return {
    moveTo(x, y) {
      const ray = scene.createPickingRay(x, y, Matrix.Identity(), camera);
      const distance = ray.intersectsPlane(plane);
      if (distance !== null) target = ray.origin.add(ray.direction.scale(distance));
    },
    end: () => void scene.onBeforePhysicsObservable.remove(observer),
  };
}
