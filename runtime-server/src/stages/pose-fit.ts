/**
 * The pose that explains best what the camera saw of one object: a search starts from the best of the sampled poses,
 * and the best found are registered to the end. No learning.
 */
import type { Mesh, Pose } from '@scenemaker/sdk';
import { refinePose, type RefinedPose } from './pose-refine.js';
import { type Evidence, type MeshDistance, scorePose } from './pose-score.js';
import { searchPoses } from './pose-search.js';
import type { PoseEstimate } from './stage.js';

/** Best samples that a search starts from. */
const SEARCHED = 3;
/** Best poses, sampled and found, that are registered to the end. */
const REGISTERED = 3;

/** `samples` are in the upright frame, the first drawn blindly. */
export function fitPose(mesh: Mesh, field: MeshDistance, evidence: Evidence, samples: readonly Pose[]): PoseEstimate {
  const byScore = (a: RefinedPose, b: RefinedPose): number => b.score.score - a.score.score;
  const sampled = samples.map((pose) => ({ pose, score: scorePose(pose, mesh, field, evidence) })).sort(byScore);
  const starts = sampled.slice(0, SEARCHED).map(({ pose }) => pose);
  const rivals = sampled.map(({ score }) => score.score);
  const found = searchPoses(starts, mesh, field, evidence, rivals, REGISTERED);
  const ranked = [...sampled, ...found].sort(byScore);
  const refined = ranked.slice(0, REGISTERED).map(({ pose }) => refinePose(pose, mesh, field, evidence));
  const best = refined.reduce((a, b) => (b.score.score > a.score.score ? b : a));
  return { pose: best.pose, score: best.score.score, drawn: { first: samples[0], best: sampled[0].pose } };
}
