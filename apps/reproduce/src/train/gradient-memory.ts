import { createRng, toTensor, type States, type TrainableDenoiser } from '@d3pm/core';
import type { TrainingLoss } from '@d3pm/train';
import { env, mean, profile, tidy, valueAndGrads, type Scalar, type Tensor } from '@tensorflow/tfjs-core';

/** Bytes in tensors while the gradient of a loss by all parameters is made. */
export interface GradientMemory {
  /** Most of them at once, parameters and gradient among them. */
  readonly peakBytes: number;
  /** What one example more adds. */
  readonly bytesPerExample: number;
}

/** The flag by which a profile reads every tensor back, to look for NaN. */
const READS_BACK = 'CHECK_COMPUTATION_FOR_ERRORS';

/** Measures gradients on `examples` at once and on twice as many; `dataOf` gives so many. */
export async function gradientMemory(
  model: TrainableDenoiser<'denoiser'>,
  {
    loss,
    examples,
    dataOf,
  }: { readonly loss: TrainingLoss<'denoiser'>; readonly examples: number; readonly dataOf: (examples: number) => States },
): Promise<GradientMemory> {
  const readBack = env().getBool(READS_BACK);
  env().set(READS_BACK, false);
  try {
    const peakOf = async (count: number): Promise<number> => {
      const x0 = dataOf(count);
      const { peakBytes } = await profile(() => tidy(() => void gradient(model, loss, x0)));
      return peakBytes;
    };
    const peakBytes = await peakOf(examples);
    return { peakBytes, bytesPerExample: ((await peakOf(2 * examples)) - peakBytes) / examples };
  } finally {
    env().set(READS_BACK, readBack);
  }
}

function gradient(model: TrainableDenoiser<'denoiser'>, loss: TrainingLoss<'denoiser'>, x0: States): Tensor[] {
  const { states, t, weights } = loss.corrupt(x0, createRng('dry run'));
  const names = Object.keys(model.parameters);
  const lossOf = (...tensors: Tensor[]): Scalar => {
    const parameters = Object.fromEntries(tensors.map((tensor, i) => [names[i]!, tensor]));
    const data = { x0: toTensor(x0), xt: toTensor(states), t, ...(weights && { weights }) };
    const logits = model.apply(parameters, data.xt, t, { rng: createRng('dropout') });
    return mean(loss.nats({ ...data, logits, parameters }));
  };
  return valueAndGrads(lossOf)(Object.values(model.parameters)).grads;
}
