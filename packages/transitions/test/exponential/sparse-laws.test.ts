import '@tensorflow/tfjs-backend-cpu';
import { checkTransition } from '@d3pm/transitions';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sparseExponential } from '../../src/exponential/sparse-exponential.ts';
import { noiseOf } from '../noise.ts';
import { arbConnected, generatorOf, knitted, pathOf } from './sparse-graphs.ts';

// β = 0 and ∞ are legal; 1e-6 and 1e6 are beyond what a schedule asks for.
const arbRates = fc
  .array(fc.oneof(fc.constantFrom(0, Infinity, 1e-6, 1e6), fc.double({ min: 1e-3, max: 30, noNaN: true })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((noise) => noiseOf('rate', noise));

describeTransitionLaws(
  'sparse exponential',
  fc
    .record({ schedule: arbRates, graph: arbConnected })
    .map(({ schedule, graph }) => sparseExponential({ name: 'sparse', schedule, generator: generatorOf(graph) })),
  { numRuns: 30 },
);
describeTransitionLaws(
  'sparse exponential of a path, with steps that underflow',
  fc
    .record({ K: fc.integer({ min: 2, max: 9 }), noise: fc.array(fc.constantFrom(1e-50, 1e-6, 0.1), { minLength: 2, maxLength: 4 }) })
    .map(({ K, noise }) => sparseExponential({ name: 'path', schedule: noiseOf('rate', noise), generator: generatorOf(pathOf(K)) })),
  { numRuns: 20 },
);

it('obeys the laws at K = 700, where no table is made', () => {
  const transition = sparseExponential({
    name: 'wide',
    schedule: noiseOf('rate', [0.01, 0.3, 5, 100]),
    generator: generatorOf(knitted(700)),
  });
  const report = checkTransition(transition, { numCases: 2 });
  expect(report.laws.filter(({ ok }) => !ok)).toEqual([]);
});
