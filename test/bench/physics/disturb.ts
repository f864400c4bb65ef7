/** True poses, disturbed as the pose model errs. */
import { quat, type Random, vec3 } from '@scenemaker/sdk/geometry';
import type { Pose, SceneDescription } from '@scenemaker/sdk/scene';

/**
 * Translation by a median of 0.26 of the size, size by a median of 14 %, rotation about the vertical by 10 degrees and
 * by tilts of 5 degrees, one in ten of 20 degrees (one sigma); all of it times `magnitude`.
 */
export function disturbed(scene: SceneDescription, random: Random, magnitude: number): SceneDescription {
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.range(0, 1))) * Math.cos(random.range(0, 2 * Math.PI));
  const degrees = (sigma: number): number => (magnitude * sigma * normal() * Math.PI) / 180;
  const disturb = (pose: Pose): Pose => {
    const angle = random.range(0, 2 * Math.PI);
    const tilt = quat.fromAxisAngle([Math.cos(angle), 0, Math.sin(angle)], degrees(random.range(0, 1) < 0.1 ? 20 : 5));
    const turn = quat.multiply(tilt, quat.fromAxisAngle(vec3.UP, degrees(10)));
    // The median length of three normal numbers is 1.54, the median size of one 0.67.
    const shift = 0.26 / 1.54;
    const by = [normal(), normal(), normal()].map((value) => magnitude * shift * pose.size * value);
    return {
      rotation: quat.normalize(quat.multiply(turn, pose.rotation)),
      translation: vec3.add(pose.translation, [by[0], by[1], by[2]]),
      size: pose.size * Math.exp((magnitude * 0.14 * normal()) / 0.67),
    };
  };
  return {
    ...scene,
    scale: { measured: false, source: 'estimated' },
    objects: scene.objects.map((object) => ({
      ...object,
      pose: disturb(object.pose),
      scores: { ...object.scores, pose: 0.6 },
    })),
  };
}
