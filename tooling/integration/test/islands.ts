import { createRng, type States, type TrainableDenoiser, type Transition } from '@d3pm/core';
import { createMlpDenoiser, withLearnedPrior, type LearnedPriorOptions, type LearnedPriorPair } from '@d3pm/models';
import { dense } from '@d3pm/transitions';

export const [K, N, T]: readonly [number, number, number] = [4, 2, 3];
const BETAS = [0.2, 0.3, 0.4];

/** Two islands, {0, 1} and {2, 3}, that no noise connects: there is no unique stationary law. */
const step = (beta: number): number[][] =>
  Array.from({ length: K }, (_, i) =>
    Array.from({ length: K }, (_, j) => (i === j ? 1 - beta : 0) + (i >> 1 === j >> 1 ? beta * (j % 2 === 0 ? 0.7 : 0.3) : 0)),
  );
export const islands = (): Transition =>
  dense({
    name: 'islands',
    numStates: K,
    numSteps: T,
    step: (t) => Float64Array.from(step(BETAS[t - 1]!).flat()),
    prior: { kind: 'fixed', probs: new Float64Array(K).fill(1 / K) },
  });
/** Q̄_T by its definition. */
export const cumulative: number[][] = BETAS.map(step).reduce((a, b) =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((total, p, k) => total + p * b[k]![j]!, 0))),
);

export const network = (numSteps = T): TrainableDenoiser<'denoiser'> =>
  createMlpDenoiser(
    { numStates: K, numSteps, exampleShape: [N], rng: createRng('model') },
    { numChannels: 8, embeddingSize: 3, timeConditioned: false },
  );
export const learned = (options: Partial<LearnedPriorOptions> = {}): LearnedPriorPair<'denoiser'> =>
  withLearnedPrior(network(), { transition: islands(), ...options });

/** Three examples that show every state. */
export const data: States = { values: Int32Array.of(0, 1, 0, 2, 3, 0), shape: [3, N] };
export const given: number[] = [0.4, 0.3, 0.2, 0.1];

export const logitsOf = ({ denoiser }: Pick<LearnedPriorPair<'denoiser'>, 'denoiser'>): number[] => [
  ...denoiser.parameters['prior.logits']!.dataSync(),
];
