import type { Transition } from '@d3pm/core';
import { linear } from '@d3pm/schedules';
import { discretizedGaussian } from '@d3pm/transitions';

/** The paper's main chain for images: K = 256, T = 1000, variances from 10⁻⁴ to 0.02. */
export const gaussianSizes: { readonly numStates: number; readonly numSteps: number } = { numStates: 256, numSteps: 1000 };

/** A batch of CIFAR-10: B = 32. */
export const imageShape: readonly [number, number, number, number] = [32, 32, 32, 3];

export function gaussianChain(): Transition {
  const { numStates, numSteps } = gaussianSizes;
  return discretizedGaussian.create({ numStates, schedule: linear({ numSteps, start: 1e-4, stop: 0.02, unit: 'variance' }) }, {});
}
