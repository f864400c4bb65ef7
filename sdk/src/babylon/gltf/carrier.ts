/**
 * Bodies of glTF, which is right-handed, in Babylon scenes of either hand.
 *
 * In a left-handed scene Babylon's loader puts all nodes under one that mirrors them. No body can be mirrored, so
 * each gets a node of its own, the carrier, from which the file's node hangs:
 *
 *     carrier      turned and moved only; the body is here
 *       node       mirrored in its own z: the file's node with all below it
 *
 * Colliders and masses are mirrored in z into the carrier's frame.
 */
import { Matrix, Quaternion, Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import { TransformNode } from '@babylonjs/core/Meshes/transformNode.js';
import type { Scene } from '@babylonjs/core/scene.js';
import type { Quat, Vec3 } from '../../geometry/index.js';

/** Where `node` is in the frame of `ancestor`, or of itself; a mirror above both does not show. */
export function relativePlace(
  node: TransformNode,
  ancestor: TransformNode,
): { scale: Vector3; rotation: Quat; translation: Vec3 } {
  const [scale, turn, way] = [new Vector3(), new Quaternion(), new Vector3()];
  const relative = node.computeWorldMatrix(true).multiply(ancestor.computeWorldMatrix(true).clone().invert());
  relative.decompose(scale, turn, way);
  return { scale, rotation: [turn.x, turn.y, turn.z, turn.w], translation: [way.x, way.y, way.z] };
}

/** A node that is not mirrored, from which `node`, that is, hangs where it was. */
export function createCarrier(node: TransformNode, scene: Scene): TransformNode {
  const world = node.computeWorldMatrix(true);
  // The rows of Babylon's matrices are where the axes lead.
  const rows = [0, 1, 2].map((row) => Vector3.FromArray(world.m, 4 * row));
  const scale = new Vector3(...rows.map((row) => row.length()));
  const axes = rows.map((row) => row.normalizeToNew());
  const carrier = new TransformNode(`${node.name}/carrier`, scene);
  carrier.position = world.getTranslation();
  const turn = Matrix.Identity();
  for (const [row, axis] of axes.entries()) turn.setRowFromFloats(row, axis.x, axis.y, axis.z, 0);
  turn.setRowFromFloats(2, -axes[2].x, -axes[2].y, -axes[2].z, 0);
  carrier.rotationQuaternion = Quaternion.FromRotationMatrix(turn);
  node.parent = carrier;
  node.position = Vector3.Zero();
  node.rotationQuaternion = Quaternion.Identity();
  node.scaling = new Vector3(scale.x, scale.y, -scale.z);
  return carrier;
}
