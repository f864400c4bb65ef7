/** Geometry on typed arrays: pure functions, no engine. */
export type { Box3, Mat3, Mesh, Quat, Vec3 } from './mesh.js';
export * as vec3 from './vec3.js';
export * as quat from './quat.js';
export * as mat3 from './mat3.js';
export { createRandom, type Random } from './random.js';
export { cellSize, fromGrid, toGrid, type GridShape } from './grid.js';
export { flipMesh, meshArea, meshBounds, meshVolume, transformPositions, triangleArea } from './measure.js';
export { smoothNormals } from './normals.js';
export { checkClosed, weld, type Closedness, type Welded } from './weld.js';
export { closedComponents, triangleComponents, type Components } from './components.js';
export { boxMesh, capsuleMesh, cylinderMesh, latheMesh, sphereMesh, torusMesh } from './shapes.js';
export {
  meshToDistanceField,
  DISTANCE_FIELD_DEFAULTS,
  type DistanceField,
  type DistanceFieldOptions,
} from './distance-field.js';
export { meshToField } from './mesh-to-field.js';
export { refineField } from './refine-field.js';
export { fieldToMesh, FIELD_TO_MESH_DEFAULTS, sampleColors, type FieldToMeshOptions } from './field-to-mesh.js';
export { connectParts, type ConnectPartsOptions } from './connect-parts.js';
export { simplifyClosed, type SimplifyInput } from './simplify.js';
export { closedSolid, MAX_SOLID_TRIANGLES, withoutBrokenTriangles, type ClosedSolid } from './closed-solid.js';
export { clusterVertices } from './cluster.js';
export { fillHoles } from './fill-holes.js';
export { faceFrame } from './face-frame.js';
export { massProperties, type MassProperties } from './mass-properties.js';
export { convexHull, hullVolume, type ConvexHull, type ConvexHullOptions } from './convex-hull.js';
export { createMeshBvh, type ClosestPoint, type MeshBvh, type RayHit } from './bvh.js';
export { sampleSurface, type SurfaceSamples } from './sample-surface.js';
export { fitPlane, PLANE_FIT_DEFAULTS, type Plane, type PlaneFit, type PlaneFitOptions } from './plane-fit.js';
