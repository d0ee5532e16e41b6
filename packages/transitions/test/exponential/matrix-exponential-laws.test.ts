import '@tensorflow/tfjs-backend-cpu';
import type { Transition } from '@d3pm/core';
import { strided } from '@d3pm/transitions';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import fc from 'fast-check';
import { matrixExponential } from '../../src/exponential/matrix-exponential.ts';
import { noiseOf } from '../noise.ts';
import { bridged, clique, generatorOf, path, randomGraph } from './symmetric-rates.ts';

// From where the far end of a chain has 1e-50 to where all is mixed; 0 and the limit are legal.
const arbRate = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -6, max: 4, noNaN: true }).map((log) => 10 ** log) },
  fc.constantFrom(0, Infinity),
);
const arbRates = fc.array(arbRate, { minLength: 1, maxLength: 6 }).map((noise) => noiseOf('rate', noise));
const arbStates = fc.integer({ min: 2, max: 9 });

const arbExponential = (generator: fc.Arbitrary<Float64Array>): fc.Arbitrary<Transition> =>
  fc.record({ generator, schedule: arbRates }).map((options) => matrixExponential({ name: 'exponential', ...options }));

const few = { numRuns: 30 };
describeTransitionLaws('exponential of a path', arbExponential(arbStates.map((K) => path(K))), few);
describeTransitionLaws('exponential of a clique', arbExponential(arbStates.map((K) => clique(K))), few);
describeTransitionLaws(
  'exponential of a random graph',
  arbExponential(fc.record({ K: arbStates, seed: fc.nat(1000) }).map(({ K, seed }) => randomGraph(K, seed))),
  few,
);
describeTransitionLaws(
  'exponential of two cliques and a weak bridge',
  arbExponential(
    fc
      .record({ K: fc.integer({ min: 4, max: 9 }), log: fc.double({ min: -9, max: 0, noNaN: true }) })
      .map(({ K, log }) => bridged(K, 10 ** log)),
  ),
  few,
);
describeTransitionLaws('exponential of a path that underflows', arbExponential(fc.constant(path(40, 1e-8))), { numRuns: 10 });
describeTransitionLaws(
  'exponential of two parts, with a prior',
  arbRates.map((schedule) =>
    matrixExponential({
      name: 'parts',
      schedule,
      generator: generatorOf(5, [
        [0, 3, 1],
        [1, 2, 0.5],
        [1, 4, 0.25],
      ]),
      prior: { kind: 'fixed', probs: Float64Array.of(0.1, 0.2, 0.3, 0.2, 0.2) },
    }),
  ),
  few,
);
describeTransitionLaws(
  'exponential, strided',
  fc
    .tuple(arbExponential(fc.nat(1000).map((seed) => randomGraph(5, seed))), fc.nat())
    .map(([transition, count]) => strided(transition, 1 + (count % transition.numSteps))),
  few,
);
