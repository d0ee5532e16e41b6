import {
  boundTermNats,
  createRng,
  mixture,
  plugIn,
  sampleForward,
  toTensor,
  truncatedLogisticLogits,
  type ReverseProcess,
  type States,
} from '@d3pm/core';
import { tensor, tidy, valueAndGrad, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { Work } from '../../work.ts';
import { normals } from '../numbers.ts';
import { accurateFamilies, type AccurateFamily } from './families.ts';
import { exactTerms } from './log-chain.ts';

const STEPS: readonly number[] = [1, 2, 3, 5, 10, 30, 60, 100, 300, 1000];

interface Worst {
  readonly error: number;
  readonly where: string;
}

/**
 * The largest relative error of L_{t−1} of one position, over families, steps and both reverse processes, for f at random
 * and for f that is sure of a wrong state: a logistic head of scale e⁻⁶ at the far end.
 */
function worstError(families: readonly AccurateFamily[]): Worst {
  const reverses = { plugIn: plugIn({ firstStep: 'denoiser' }), mixture: mixture() };
  let worst: Worst = { error: 0, where: '' };
  for (const { name, transition, chain } of families) {
    for (const t of STEPS) {
      const K = chain.numStates;
      const x0 = pair(Math.floor(K / 3));
      const xt = pair(sampleForward(transition, { values: x0.values.slice(0, 1), shape: [1, 1] }, { t, rng: createRng(t) }).values[0]!);
      const logits = twoAnswers(K, x0.values[0]!);
      const rows = logits.dataSync<'float32'>();
      const answers = [0, 1].map((b) => Float64Array.from(rows.subarray(b * K, (b + 1) * K)));
      const exact = exactTerms(chain, { x0: x0.values[0]!, xt: xt.values[0]!, t, answers });
      for (const reverse of ['plugIn', 'mixture'] as const) {
        const terms = termsOf(transition, reverses[reverse], { x0, xt, t, logits });
        exact.forEach((term, b) => {
          const error = term[reverse] === 0 ? Math.abs(terms[b]!) : Math.abs(terms[b]! - term[reverse]) / term[reverse];
          const where = `${name}, t = ${t}, ${reverse}, ${b === 0 ? 'random f' : 'confident, wrong f'}: ${terms[b]} of ${term[reverse]}`;
          if (!(error <= worst.error)) worst = { error, where };
        });
      }
      logits.dispose();
    }
    transition.dispose();
  }
  return worst;
}

const pair = (state: number): States => ({ values: Int32Array.of(state, state), shape: [2, 1] });

/** Logits `[2, 1, K]`: at random, and sure of a state far from x_0. */
function twoAnswers(K: number, x0: number): Tensor {
  return tidy(() => {
    const wrong = truncatedLogisticLogits({
      xt: tensor([K - 1 - x0], [1, 1], 'int32'),
      shift: tensor([0], [1, 1]),
      logScale: tensor([-4], [1, 1]),
      numStates: K,
    });
    return tensor([...normals(K), ...wrong.dataSync<'float32'>()], [2, 1, K]);
  });
}

interface Terms {
  readonly x0: States;
  readonly xt: States;
  readonly t: number;
  readonly logits: Tensor;
}

/** L_{t−1} of each example; NaN where its gradient is not finite. */
function termsOf(transition: AccurateFamily['transition'], reverse: ReverseProcess<'denoiser'>, { x0, xt, t, logits }: Terms): number[] {
  return tidy(() => {
    const input = { x0: toTensor(x0), xt: toTensor(xt), s: t - 1, t };
    const terms = boundTermNats(transition, reverse, { ...input, logits }).dataSync<'float32'>();
    const { grad } = valueAndGrad((x: Tensor) => sum(boundTermNats(transition, reverse, { ...input, logits: x })))(logits);
    const slopes = grad.dataSync<'float32'>();
    const K = logits.shape[2]!;
    return Array.from(terms, (term, b) => (slopes.subarray(b * K, (b + 1) * K).every(Number.isFinite) ? term : NaN)) as never;
  }) as unknown as number[];
}

export const accuracy: Work = {
  name: 'accuracy',
  title: 'Each L_{t−1} against float64: six families, t from 1 to 1000, plug-in and mixture, f at random and f sure of a wrong state',
  engines: ['native', 'wasm'],
  peers: [],
  goals: [{ kind: 'relativeError', atMost: 1e-5 }],
  prepare: () => {
    const { error, where } = worstError(accurateFamilies());
    return { facts: { relativeError: error, note: where } };
  },
};
