/**
 * Rectified flow with guidance, as `TripoSGPipeline` runs it with its `RectifiedFlowScheduler` of shift 1:
 * sigma falls from 1 in equal steps, the model is told 1000 sigma, and the latents go along the velocity, towards the
 * data. (diffusers' own flow-matching scheduler has the velocity point the other way.)
 */
import { type ModelSession, type Tensor, zeros } from '../../models/index.js';
import { integrate } from '../../stages/flow.js';

export type Denoiser = ModelSession<'latents' | 'timestep' | 'image_embeds', 'velocity'>;

const TRAINING_STEPS = 1000;

interface SamplerOptions {
  steps: number;
  /** 1: none. */
  guidance: number;
  onStep?: (fraction: number) => void;
}

/**
 * @param start [1, T, C], normal noise; it is changed in place and returned.
 * @param embeds [1, N, D] of the picture; zeros stand for no picture.
 */
export async function denoise(
  model: Denoiser,
  start: Tensor,
  embeds: Tensor,
  { steps, guidance, onStep }: SamplerOptions,
): Promise<Tensor> {
  const image_embeds = withUnconditional(embeds);
  return integrate(
    start,
    steps,
    async (latents, time) => {
      const timestep = TRAINING_STEPS * (1 - time.data[0]);
      const { velocity } = await model.run({
        latents: twice(latents),
        timestep: { data: Float32Array.of(timestep, timestep), shape: [2] },
        image_embeds,
      });
      const size = latents.data.length;
      const data = new Float32Array(size);
      for (let i = 0; i < size; i++) {
        const without = velocity.data[i];
        data[i] = without + guidance * (velocity.data[size + i] - without);
      }
      return { data, shape: latents.shape };
    },
    onStep,
  );
}

/** Zeros first, then the picture's. */
function withUnconditional({ data, shape }: Tensor): Tensor {
  const both = zeros([2, ...shape.slice(1)]);
  both.data.set(data, data.length);
  return both;
}

function twice({ data, shape }: Tensor): Tensor {
  const both = zeros([2, ...shape.slice(1)]);
  both.data.set(data);
  both.data.set(data, data.length);
  return both;
}
