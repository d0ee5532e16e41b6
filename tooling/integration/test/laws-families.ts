import { createRng, type NoiseSchedule, type Transition } from '@d3pm/core';
import {
  absorbing,
  autoregressive,
  banded,
  blockAbsorbing,
  dense,
  discretizedGaussian,
  lowRankMixing,
  maskedFamily,
  matrixExponential,
  nearestNeighbor,
  sparseExponential,
  strided,
  symmetricGenerator,
  uniform,
  uniformAbsorbing,
  withMask,
  type SymmetricGenerator,
} from '@d3pm/transitions';
import fc from 'fast-check';

const arbStates = fc.integer({ min: 2, max: 9 });
const arbSeed = fc.nat(1000);
// β = 0 and 1 are legal; a β below 1e-8 is not a schedule anybody runs.
const arbJump = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 1e-8, max: 1, noNaN: true }));
const arbJumps = fc.array(arbJump, { minLength: 1, maxLength: 5 });
const arbVariances = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-4, max: 10, noNaN: true })), { minLength: 1, maxLength: 5 });
// From where the far end of a path has 1e-50 to where all is mixed; 0 and the limit are legal.
const arbRates = fc.array(fc.oneof(fc.constantFrom(0, 1e-6, Infinity), fc.double({ min: 1e-3, max: 30, noNaN: true })), {
  minLength: 1,
  maxLength: 5,
});

const jumps = (noise: readonly number[]): NoiseSchedule<'jump-probability'> => ({
  unit: 'jump-probability',
  numSteps: noise.length,
  noise: Float64Array.from(noise),
});
const variances = (noise: readonly number[]): NoiseSchedule<'variance'> => ({ ...jumps(noise), unit: 'variance' });
const rates = (noise: readonly number[]): NoiseSchedule<'rate'> => ({ ...jumps(noise), unit: 'rate' });
const arbSetting = fc.record({ numStates: arbStates, schedule: arbJumps.map(jumps) });

/** Rows without symmetry, half of them zeros; j = i + 1 is always possible, so that all states meet. */
function asymmetric(K: number, seed: number, step: number): Float64Array {
  const rng = createRng(seed).split(step);
  const rows = Array.from({ length: K }, (_, i) => {
    const weights = Array.from({ length: K }, (__, j) =>
      j === (i + 1) % K || rng.split('possible').float64(i * K + j) < 0.5 ? rng.split('weight').float64(i * K + j) + 0.01 : 0,
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });
  return Float64Array.from(rows.flat());
}

const flatPrior = (K: number) => ({ kind: 'fixed', probs: new Float64Array(K).fill(1 / K) }) as const;

/** 0 ⇄ 1 ⇄ … ⇄ K − 1. */
const path = (numStates: number, rate: number): SymmetricGenerator =>
  symmetricGenerator(
    numStates,
    Array.from({ length: numStates - 1 }, (_, i) => ({ i, j: i + 1, rate })),
  );

const denseOf = ({ numStates, rowStarts, targets, rates: jumpRates, exitRates }: SymmetricGenerator): Float64Array => {
  const matrix = new Float64Array(numStates ** 2);
  exitRates.forEach((exitRate, i) => {
    matrix[i * (numStates + 1)] = -exitRate;
    for (let edge = rowStarts[i]!; edge < rowStarts[i + 1]!; edge++) matrix[i * numStates + targets[edge]!] = jumpRates[edge]!;
  });
  return matrix;
};

/** Two clusters, of the even and of the odd states; each step redraws within the cluster. */
function clusters(numStates: number, noise: readonly number[]): Transition {
  const isOf = (cluster: number, state: number): number => (state % 2 === cluster ? 1 : 0);
  const states = [...Array(numStates).keys()];
  const sizes = [Math.ceil(numStates / 2), Math.floor(numStates / 2)];
  return lowRankMixing({
    name: 'clusters',
    numStates,
    schedule: jumps(noise),
    encode: Float64Array.from(states.flatMap((state) => [isOf(0, state), isOf(1, state)])),
    core: Float64Array.of(1, 0, 0, 1),
    decode: Float64Array.from([0, 1].flatMap((cluster) => states.map((state) => isOf(cluster, state) / sizes[cluster]!))),
    prior: flatPrior(numStates),
  });
}

const arbAbsorbing = (extraMask: boolean): fc.Arbitrary<Transition> =>
  fc
    .record({ setting: arbSetting, mask: fc.nat() })
    .map(({ setting, mask }) => absorbing.create(setting, { maskState: mask % setting.numStates, extraMask }));

const arbDense = (positions?: number): fc.Arbitrary<Transition> =>
  fc.record({ K: arbStates, numSteps: fc.integer({ min: 1, max: 4 }), seed: arbSeed }).map(({ K, numSteps, seed }) =>
    dense({
      name: 'asymmetric',
      numStates: K,
      numSteps,
      ...(positions !== undefined && { positions }),
      step: (t, n) => asymmetric(K, seed, 100 * n + t),
      prior: flatPrior(K),
    }),
  );

/** Every family and every wrapper of `@d3pm/transitions`, edges included. */
export const lawFamilies: readonly (readonly [title: string, transitions: fc.Arbitrary<Transition>])[] = [
  ['uniform', arbSetting.map((setting) => uniform.create(setting, {}))],
  ['absorbing, extra mask', arbAbsorbing(true)],
  ['absorbing, re-used mask', arbAbsorbing(false)],
  [
    'discretised Gaussian',
    fc
      .record({ numStates: fc.oneof(arbStates, fc.constant(33)), noise: arbVariances })
      .map(({ numStates, noise }) => discretizedGaussian.create({ numStates, schedule: variances(noise) }, {})),
  ],
  [
    'banded',
    fc
      .record({ setting: arbSetting, width: fc.nat() })
      .map(({ setting, width }) => banded.create(setting, { width: 1 + (width % (setting.numStates - 1)) })),
  ],
  ['dense, asymmetric', arbDense()],
  ['dense, by position', arbDense(3)],
  [
    'nearest neighbour',
    fc.record({ K: arbStates, k: fc.nat(), seed: arbSeed, noise: arbRates }).map(({ K, k, seed, noise }) => {
      const values = Float64Array.from({ length: 3 * K }, (_, at) => 2 * createRng(seed).float64(at) - 1);
      return nearestNeighbor.create(
        { numStates: K, schedule: rates(noise) },
        { embeddings: { values, numDimensions: 3 }, numNeighbors: 1 + (k % (K - 1)), whenDisconnected: 'join' },
      );
    }),
  ],
  [
    'exponential of a path',
    fc
      .record({ K: fc.oneof(arbStates, fc.constant(33)), rate: fc.constantFrom(1, 1e-8, 1e-30), noise: arbRates })
      .map(({ K, rate, noise }) => matrixExponential({ name: 'path', schedule: rates(noise), generator: denseOf(path(K, rate)) })),
  ],
  [
    'sparse exponential of a path',
    fc
      .record({ K: arbStates, rate: fc.constantFrom(1, 1e-8, 1e-30), noise: arbRates })
      .map(({ K, rate, noise }) => sparseExponential({ name: 'sparse path', schedule: rates(noise), generator: path(K, rate) })),
  ],
  [
    'uniform and absorbing, one share',
    fc
      .record({ setting: arbSetting, maskShare: arbJump, overMask: fc.boolean() })
      .map(({ setting, ...options }) => uniformAbsorbing.create(setting, { ...options, extraMask: options.overMask })),
  ],
  [
    'uniform and absorbing, a share for each step',
    fc
      .record({
        numStates: arbStates,
        steps: fc.array(fc.record({ beta: arbJump, share: arbJump }), { minLength: 2, maxLength: 4 }),
      })
      .map(({ numStates, steps }) =>
        uniformAbsorbing.create(
          { numStates, schedule: jumps(steps.map(({ beta }) => beta)) },
          { maskShare: steps.map(({ share }) => share), maskState: 0 },
        ),
      ),
  ],
  [
    'low-rank mixing in clusters',
    fc.record({ numStates: arbStates, noise: arbJumps }).map(({ numStates, noise }) => clusters(numStates, noise)),
  ],
  [
    'uniform with a mask',
    fc
      .record({ numStates: arbStates, steps: fc.array(fc.tuple(arbJump, arbJump), { minLength: 1, maxLength: 4 }) })
      .map(({ numStates, steps }) =>
        withMask(uniform.create({ numStates, schedule: jumps(steps.map(([beta]) => beta)) }, {}), {
          schedule: jumps(steps.map(([, gamma]) => gamma)),
        }),
      ),
  ],
  [
    'the masked family of Gaussian noise',
    fc
      .record({ numStates: arbStates, noise: arbVariances })
      .map(({ numStates, noise }) =>
        maskedFamily(discretizedGaussian).create({ numStates: numStates + 1, schedule: variances(noise) }, { inner: {} }),
      ),
  ],
  [
    'block-absorbing',
    fc
      .record({ setting: arbSetting, blocks: fc.integer({ min: 1, max: 3 }), blockSize: fc.integer({ min: 1, max: 2 }) })
      .map(({ setting, blocks, blockSize }) => blockAbsorbing.create(setting, { positions: blocks * blockSize, blockSize })),
  ],
  [
    'autoregressive',
    fc
      .record({ numStates: arbStates, positions: fc.integer({ min: 1, max: 4 }) })
      .map(({ numStates, positions }) => autoregressive.create({ numStates, schedule: jumps([1]) }, { positions })),
  ],
  ['strided', fc.tuple(arbDense(), fc.nat()).map(([transition, count]) => strided(transition, 1 + (count % transition.numSteps)))],
];
