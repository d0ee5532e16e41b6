import { boundTermNats, createRng, plugIn, sampleForward, toTensor, type Transition } from '@d3pm/core';
import { linear } from '@d3pm/schedules';
import { discretizedGaussian } from '@d3pm/transitions';
import { tensor } from '@tensorflow/tfjs-core';
import type { PreparedWork } from '../work.ts';
import { gradientWork } from '../works/gradient-work.ts';
import { evenStates, evenSteps, normals } from '../works/numbers.ts';
import { prepareSampling } from '../works/swiss-roll-sampling.ts';
import { swissRollChain } from '../works/swiss-roll.ts';
import { prepareTransformerStep } from '../works/transformer-step.ts';

/** B, L, K and T. */
export interface Sizes {
  readonly B: number;
  readonly L: number;
  readonly K: number;
  readonly T: number;
}

/** A work of any size, and the values that each of its sizes takes while the others stay at `base`. */
export interface GrowingWork {
  readonly name: string;
  readonly base: Sizes;
  readonly values: Readonly<Record<keyof Sizes, readonly number[]>>;
  prepare(sizes: Sizes): PreparedWork;
}

export const growingWorks: readonly GrowingWork[] = [
  {
    name: 'training step, transformer, absorbing',
    base: { B: 16, L: 64, K: 28, T: 1000 },
    values: { B: [4, 8, 16, 32], L: [32, 64, 128, 256], K: [28, 64, 256, 1024], T: [10, 100, 1000, 10_000] },
    prepare: ({ B, L, K, T }) => prepareTransformerStep({ batchSize: B, length: L, numStates: K, numSteps: T }, 2),
  },
  {
    name: 'L_{t−1} and gradient, uniform',
    base: { B: 32, L: 128, K: 64, T: 1000 },
    values: { B: [8, 16, 32, 64], L: [32, 64, 128, 256], K: [32, 64, 128, 256], T: [10, 100, 1000, 10_000] },
    prepare: (sizes) => prepareTerm(swissRollChain({ numStates: sizes.K, numSteps: sizes.T, positions: sizes.L }), sizes),
  },
  {
    name: 'L_{t−1} and gradient, Gaussian',
    base: { B: 32, L: 128, K: 64, T: 1000 },
    values: { B: [8, 16, 32, 64], L: [32, 64, 128, 256], K: [32, 64, 128, 256], T: [10, 100, 1000] },
    prepare: (sizes) => prepareTerm(gaussian(sizes), sizes),
  },
  {
    name: 'sampling, MLP, uniform',
    base: { B: 500, L: 2, K: 64, T: 50 },
    values: { B: [250, 500, 1000, 2000], L: [2, 4, 8, 16], K: [32, 64, 128, 256], T: [25, 50, 100, 200] },
    prepare: ({ B, L, K, T }) => prepareSampling({ batchSize: B, positions: L, numStates: K, numSteps: T }),
  },
];

function gaussian({ K, T }: Sizes): Transition {
  return discretizedGaussian.create({ numStates: K, schedule: linear({ numSteps: T, start: 1e-3, stop: 0.2, unit: 'variance' }) }, {});
}

function prepareTerm(transition: Transition, { B, L, K, T }: Sizes): PreparedWork {
  const x0 = evenStates(K, [B, L]);
  const t = evenSteps(B, 2, T);
  const xt = toTensor(sampleForward(transition, x0, { t, rng: createRng('noise') }));
  const data = toTensor(x0);
  const logits = tensor(normals(B * L * K), [B, L, K]);
  const s = t.map((step) => step - 1);
  const reverse = plugIn();
  return gradientWork(logits, (x) => boundTermNats(transition, reverse, { x0: data, xt, s, t, logits: x }));
}
