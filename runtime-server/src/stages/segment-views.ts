/** What the network finds in one picture seen at several sizes, brought together: what it finds at more than one is surer. */
import { maskIou } from './mask-ops.js';
import { resample, wholeRect } from './picture-ops.js';
import { DUPLICATE_IOU, positive, type Proposal } from './segment-masks.js';

/** The share of its objectness that is left to what is found at one of several sizes only; the more find it the more is left. */
const ALONE = 0.7;

/** The proposal with its mask on another grid over the same picture. */
export function onGrid(proposal: Proposal, width: number, height: number): Proposal {
  if (proposal.width === width && proposal.height === height) return proposal;
  const source = { channels: 1, width: proposal.width, height: proposal.height, data: proposal.logits };
  return { ...proposal, width, height, logits: resample(source, wholeRect(source), width, height).data };
}

/** @param views What was found at each size, without duplicates, all on one grid. */
export function joinViews(views: readonly (readonly Proposal[])[]): Proposal[] {
  if (views.length < 2) return views.flat();
  const waiting = views.map((view) => view.map((proposal) => ({ proposal, mask: positive(proposal) })));
  const joined: Proposal[] = [];
  for (const [index, view] of waiting.entries()) {
    const later = waiting.slice(index + 1);
    for (const { proposal, mask } of view) {
      const same = [proposal];
      for (const other of later) {
        const overlaps = other.map((candidate) => maskIou(candidate.mask, mask));
        const nearest = overlaps.indexOf(Math.max(...overlaps));
        if (overlaps[nearest] > DUPLICATE_IOU) same.push(...other.splice(nearest, 1).map((match) => match.proposal));
      }
      const agreeing = (same.length - 1) / (views.length - 1);
      joined.push({ ...meanOf(same), peak: mean(same.map(({ peak }) => peak)) * (ALONE + (1 - ALONE) * agreeing) });
    }
  }
  return joined;
}

/** One mask from several of the same grid. */
export function meanOf(proposals: readonly Proposal[]): Proposal {
  const [first, ...others] = proposals;
  const logits = first.logits.slice();
  for (const other of others) for (let i = 0; i < logits.length; i++) logits[i] += other.logits[i];
  return { ...first, logits: logits.map((sum) => sum / proposals.length) };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
