import '@tensorflow/tfjs-backend-cpu';
import { dense } from '@d3pm/transitions';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import fc from 'fast-check';

const arbStates = fc.integer({ min: 2, max: 4 });

describeTransitionLaws(
  'no family',
  arbStates.map((K) => dense({ name: 'no family', numStates: K, numSteps: 3, step: () => new Float64Array(K * K).fill(1.1 / K) })),
);

describeTransitionLaws(
  'two rules',
  arbStates.map((K) => {
    const whole = dense({ name: 'two rules', numStates: K, numSteps: 1, step: () => new Float64Array(K * K).fill(1 / K) });
    const shifted = (matrix: Float64Array): Float64Array =>
      matrix.map((prob, at) => prob + (at % K === 0 ? 1e-3 : at % K === 1 ? -1e-3 : 0));
    return { ...whole, toDense: (s: number, t: number) => (s === t ? whole.toDense(s, t) : shifted(whole.toDense(s, t))) };
  }),
);
