/** Rotations as URDF and SDFormat write them, and the axes of their round shapes. */
import { quat, type Quat, type Vec3 } from '@scenemaker/sdk';

/** Turns z, along which simulators lay cylinders and capsules, to y, where the description has them. */
export const Z_TO_Y: Quat = quat.fromAxisAngle([1, 0, 0], -Math.PI / 2);

/** Roll, pitch and yaw, radians: turns about the fixed axes x, then y, then z. */
export function rollPitchYaw(rotation: Quat): Vec3 {
  const [xx, , , yx, , , zx, zy, zz] = quat.toMat3(quat.normalize(rotation));
  const cosine = Math.hypot(xx, yx);
  const pitch = Math.atan2(-zx, cosine);
  if (cosine > 1e-6) return [Math.atan2(zy, zz), pitch, Math.atan2(yx, xx)];
  // Straight up or down only the sum or difference of roll and yaw counts.
  const [, xy, , , yy] = quat.toMat3(quat.normalize(rotation));
  return [0, pitch, Math.atan2(-xy, yy)];
}
