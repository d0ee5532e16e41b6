import { assertOptionNames, type NoOptions, type TransitionPlugin } from '@d3pm/core';
import { defineTransition } from './define-transition.ts';
import { dense } from './dense.ts';

export type DiscretizedGaussianOptions = NoOptions;

/**
 * Discretised Gaussian noise for ordinal states, Appendix A.2.3 of Austin et al. (2021):
 *
 *     [Q_t]_ij = exp(−4 (i−j)² / ((K−1)² β_t)) / Z_t,   Z_t = Σ_{n=−(K−1)}^{K−1} exp(−4 n² / ((K−1)² β_t)),   i ≠ j
 *     [Q_t]_ii = 1 − Σ_{l≠i} [Q_t]_il
 *
 * β_t is a variance on states scaled to [−1, 1]. What would leave 0…K−1 stays on the diagonal, so Q_t is
 * symmetric, doubly stochastic and its own mirror image; π is uniform. Tables are K×K, see {@link dense}.
 */
export const discretizedGaussian: TransitionPlugin<'discretized-gaussian', DiscretizedGaussianOptions, 'variance'> =
  /* @__PURE__ */ defineTransition({
    name: 'discretized-gaussian',
    unit: 'variance',
    parse: (options): DiscretizedGaussianOptions => assertOptionNames('discretized-gaussian', options, []),
    create: ({ numStates, schedule }) =>
      dense({
        name: 'discretized-gaussian',
        numStates,
        numSteps: schedule.numSteps,
        step: (t) => toeplitz(kernel(numStates, schedule.noise[t - 1]!)),
        logStep: (t) => logToeplitz(kernel(numStates, schedule.noise[t - 1]!)),
        stationary: new Float64Array(numStates).fill(1 / numStates),
        centrosymmetric: true,
      }),
  });

/** One row of every kind: the weight of a jump by n, its log, and the weight of staying at i. */
interface Kernel {
  readonly logJump: Float64Array;
  readonly stay: Float64Array;
}

/**
 * The diagonal is summed, not subtracted: [Q_t]_ii is the weight of n = 0 and of every jump out of 0…K−1.
 */
function kernel(numStates: number, beta: number): Kernel {
  const exponent = new Float64Array(numStates);
  for (let n = 1; n < numStates; n++) exponent[n] = (-4 * n * n) / ((numStates - 1) ** 2 * beta);
  const beyond = new Float64Array(numStates); // Σ_{m>n} exp
  for (let n = numStates - 1; n > 0; n--) beyond[n - 1] = beyond[n]! + Math.exp(exponent[n]!);
  const total = 1 + 2 * beyond[0]!;
  const logTotal = Math.log(total);
  const stay = new Float64Array(numStates);
  for (let i = 0; i < numStates; i++) stay[i] = (1 + beyond[i]! + beyond[numStates - 1 - i]!) / total;
  return { logJump: exponent.map((x) => x - logTotal), stay };
}

function toeplitz({ logJump, stay }: Kernel): Float64Array {
  return fillToeplitz(logJump.map(Math.exp), stay);
}

function logToeplitz({ logJump, stay }: Kernel): Float64Array {
  return fillToeplitz(logJump, stay.map(Math.log));
}

function fillToeplitz(jump: Float64Array, stay: Float64Array): Float64Array {
  const numStates = jump.length;
  const matrix = new Float64Array(numStates * numStates);
  matrix.set(jump);
  // Each row is the one above it, moved by one: a copy within memory, and no object for it.
  for (let i = 1; i < numStates; i++) {
    matrix.copyWithin(i * numStates + 1, (i - 1) * numStates, i * numStates - 1);
    matrix[i * numStates] = jump[i]!;
  }
  for (let i = 0; i < numStates; i++) matrix[i * numStates + i] = stay[i]!;
  return matrix;
}
