import type { Transition } from '@d3pm/core';
import { cosine, inverseRemaining, linear } from '@d3pm/schedules';
import { absorbing, banded, discretizedGaussian, uniform, uniformAbsorbing } from '@d3pm/transitions';
import type { LogChain } from './log-chain.ts';

/** A family as the library makes it, beside its matrices from the formula. */
export interface AccurateFamily {
  readonly name: string;
  readonly transition: Transition;
  readonly chain: LogChain;
}

const T = 1000;

type Entry = (i: number, j: number, t: number) => number;

/** `probability(i, j, t)` is [Q_t]_ij. */
function chainOf(numStates: number, probability: Entry, extraMask?: number): LogChain {
  return {
    numStates,
    logStep: (t) =>
      Float64Array.from({ length: numStates ** 2 }, (_, k) => Math.log(probability(Math.floor(k / numStates), k % numStates, t))),
    ...(extraMask !== undefined && { extraMask }),
  };
}

const only = (condition: boolean, value: number): number => (condition ? value : 0);

/** Families of the paper at its T = 1000, the Gaussian and the masked image at its K. */
export function accurateFamilies(): readonly AccurateFamily[] {
  const [cosines, inverse] = [cosine({ numSteps: T }), inverseRemaining({ numSteps: T })];
  const jumps = linear({ numSteps: T, start: 0.02, stop: 1 });
  const variances = linear({ numSteps: T, start: 1e-4, stop: 0.02, unit: 'variance' });
  const [many, few] = [256, 64];
  const grey = few / 2;
  return [
    {
      name: 'uniform',
      transition: uniform.create({ numStates: few, schedule: cosines }, {}),
      chain: chainOf(few, (i, j, t) => only(i === j, 1 - cosines.noise[t - 1]!) + cosines.noise[t - 1]! / few),
    },
    {
      name: 'absorbing, extra mask',
      transition: absorbing.create({ numStates: few, schedule: inverse }, {}),
      chain: chainOf(
        few,
        (i, j, t) => only(i === j, i === few - 1 ? 1 : (T - t) / (T - t + 1)) + only(i !== j && j === few - 1, 1 / (T - t + 1)),
        few - 1,
      ),
    },
    {
      name: 'absorbing, re-used mask',
      transition: absorbing.create({ numStates: few, schedule: inverse }, { maskState: grey, extraMask: false }),
      chain: chainOf(
        few,
        (i, j, t) => only(i === j, i === grey ? 1 : (T - t) / (T - t + 1)) + only(i !== j && j === grey, 1 / (T - t + 1)),
      ),
    },
    {
      name: 'Gaussian',
      transition: discretizedGaussian.create({ numStates: many, schedule: variances }, {}),
      chain: { numStates: many, logStep: (t) => gaussianLogStep(many, variances.noise[t - 1]!) },
    },
    {
      name: 'banded',
      transition: banded.create({ numStates: few, schedule: jumps }, { width: 3 }),
      chain: chainOf(few, (i, j, t) => {
        const neighbours = Math.min(i, 3) + Math.min(few - 1 - i, 3);
        if (i !== j) return only(Math.abs(i - j) <= 3, jumps.noise[t - 1]! / few);
        return 1 - jumps.noise[t - 1]! * (neighbours / few);
      }),
    },
    {
      name: 'uniform and absorbing',
      transition: uniformAbsorbing.create({ numStates: few, schedule: cosines }, { maskShare: 0.5, extraMask: false }),
      chain: chainOf(
        few,
        (i, j, t) => only(i === j, 1 - cosines.noise[t - 1]!) + cosines.noise[t - 1]! * (only(j === few - 1, 0.5) + 0.5 / few),
      ),
    },
  ];
}

/** A.2.3 in logs: what would leave 0…K−1 stays on the diagonal, summed and not subtracted. */
function gaussianLogStep(K: number, beta: number): Float64Array {
  const exponent = (n: number): number => (-4 * n * n) / ((K - 1) ** 2 * beta);
  const tail = new Float64Array(K + 1);
  for (let n = K - 1; n >= 1; n--) tail[n] = tail[n + 1]! + Math.exp(exponent(n));
  const logTotal = Math.log(1 + 2 * tail[1]!);
  return Float64Array.from({ length: K * K }, (_, k) => {
    const [i, j] = [Math.floor(k / K), k % K];
    return (i === j ? Math.log(1 + tail[i + 1]! + tail[K - i]!) : exponent(i - j)) - logTotal;
  });
}
