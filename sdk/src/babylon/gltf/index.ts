/**
 * Babylon's glTF loader learns `KHR_physics_rigid_bodies` and `KHR_implicit_shapes`, which it passes over by
 * itself: bodies and colliders of a file become bodies of the scene's physics engine.
 *
 * Needs `@babylonjs/loaders`.
 */
import {
  registerGLTFExtension,
  unregisterGLTFExtension,
} from '@babylonjs/loaders/glTF/2.0/glTFLoaderExtensionRegistry.js';
import { RIGID_BODIES } from './definitions.js';
import { PhysicsLoader, type PhysicsLoaderOptions } from './physics-loader.js';

export type { PhysicsLoaderOptions } from './physics-loader.js';

/**
 * From now on every glTF file that is loaded into a scene brings its bodies along. The scene must have its physics
 * enabled before the file is loaded; if not, loading a file with bodies fails with a SceneMakerError `bad-request`,
 * as it does for colliders that Babylon does not have. Triggers, joints and collision filters are passed over.
 *
 * In a right-handed scene the body is at the file's node; in a left-handed one, as Babylon's are by default, at the
 * node that has become its parent.
 */
export function registerPhysicsLoader(options: PhysicsLoaderOptions = {}): void {
  unregisterGLTFExtension(RIGID_BODIES);
  registerGLTFExtension(RIGID_BODIES, true, (loader) => new PhysicsLoader(loader, options));
}
