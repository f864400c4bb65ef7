/** What an embodied agent asks of a scene: pure functions over the description, whatever engine moves it. */
export { bodyMesh } from './body-mesh.js';
export { GROUND_NAME, indexScene, type SceneIndex } from './scene-index.js';
export { raycast, type SceneRayHit } from './raycast.js';
export { contactsOf, supportsOf, TOUCH_METERS, type Contact } from './contacts.js';
export { freeSpots, type FreeSpaceOptions, type FreeSpot, type Footprint } from './free-space.js';
export { graspCandidates, type Grasp, type GraspOptions } from './grasps.js';
export { GRIPPER_DEFAULTS, type Gripper } from './gripper.js';
export { RELATIONS, relationsOf, whatIs, type Related, type Relation, type RelationOptions } from './relations.js';
