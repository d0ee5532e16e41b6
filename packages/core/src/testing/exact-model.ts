import { forwardLaw, posterior, type ExactLogits } from './exact-prediction.ts';
import type { ExactReverse } from './exact-reverse.ts';
import { productLaw, type ForwardChain } from './forward-chain.ts';
import { klNats } from './log-distribution.ts';
import type { Matrix } from './matrix.ts';

/** A generative model small enough to enumerate. */
export interface ExactModel {
  readonly chain: ForwardChain;
  /** p(x_T), one row `[K]` per position. */
  readonly prior: Matrix;
  readonly reverse: ExactReverse;
  readonly logits: ExactLogits;
  /** t_0 = 0 < … < t_n = T of a shorter chain. @defaultValue all of 0…T */
  readonly grid?: readonly number[];
}

/** log p_θ(x_s | x_t), one row per position. */
export function exactReverseRows({ chain, reverse, logits }: ExactModel, xt: readonly number[], s: number, t: number): number[][] {
  const rows = logits(xt, t);
  return xt.map((state, position) => reverse.logProbs(chain, { logits: rows[position]!, xt: state, position, s, t }));
}

/** p_θ(x_s | x_t) of whole sequences, one row per x_t: K^L × K^L. */
export function exactReverseLaw(model: ExactModel, s: number, t: number): number[][] {
  return model.chain.sequences.map((xt) =>
    productLaw(
      model.chain,
      exactReverseRows(model, xt, s, t).map((row) => row.map(Math.exp)),
    ),
  );
}

/** p_θ(x_0) of every sequence: the sum over all paths x_T → … → x_0. */
export function exactModelLaw(model: ExactModel): number[] {
  const grid = stepsOf(model);
  let law = productLaw(model.chain, model.prior);
  for (let i = grid.length - 1; i >= 1; i--) {
    const step = exactReverseLaw(model, grid[i - 1]!, grid[i]!);
    law = law.map((_, to) => law.reduce((sum, prob, from) => (prob > 0 ? sum + prob * step[from]![to]! : sum), 0));
  }
  return law;
}

/** E −log p_θ(x_0) in nats, x_0 from `dataLaw`: what the bound bounds. */
export function exactNllNats(model: ExactModel, dataLaw: readonly number[]): number {
  return codeLengthNats(dataLaw, exactModelLaw(model));
}

/** −Σ p log q in nats, with 0 · log 0 = 0; of a law with itself, its entropy. */
export function codeLengthNats(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, prob, i) => (prob > 0 ? sum - prob * Math.log(q[i]!) : sum), 0);
}

/** The bound of Eq. (1) by its parts, nats per example. */
export interface ExactBound {
  /** L_T */
  readonly priorNats: number;
  /** L_{t−1} at step i of the grid is entry i − 1; entry 0 is L_0. */
  readonly termNats: readonly number[];
  /** L_vb, the sum. */
  readonly totalNats: number;
}

/**
 * L_vb = L_T + Σ_t L_{t−1} + L_0, each with its exact expectation over x_0 ~ `dataLaw` and
 * x_t ~ q(x_t | x_0). On a grid it is the bound of that shorter chain.
 */
export function exactBound(model: ExactModel, dataLaw: readonly number[]): ExactBound {
  const { chain, prior } = model;
  const grid = stepsOf(model);
  const logPrior = prior.map((row) => row.map(Math.log));
  const priorNats = chain.sequences.reduce(
    (sum, x0, index) =>
      sum + dataLaw[index]! * total(x0.map((state, n) => klNats(chain.between(0, chain.numSteps, n)[state]!, logPrior[n]!))),
    0,
  );
  const termNats = grid.slice(1).map((t, i) => {
    const s = grid[i]!;
    const rows = chain.sequences.map((xt) => exactReverseRows(model, xt, s, t));
    return expectation(chain, dataLaw, t, (x0, xt, index) =>
      total(x0.map((state, n) => klNats(posterior(chain, { x0: state, xt: xt[n]!, s, t, position: n }), rows[index]![n]!))),
    );
  });
  return { priorNats, termNats, totalNats: priorNats + total(termNats) };
}

/** CE_t = E −Σ_n log f(x_0^n | x_t) over all positions, nats per example; entry t − 1. */
export function exactCrossEntropyNats({ chain, reverse, logits }: ExactModel, dataLaw: readonly number[]): number[] {
  const { denoiserLogProbs } = reverse;
  if (!denoiserLogProbs) throw new Error(`exactCrossEntropyNats: the ${reverse.name} process has no distribution over x_0`);
  return Array.from({ length: chain.numSteps }, (_, i) => {
    const t = i + 1;
    const rows = chain.sequences.map((xt) => {
      const predicted = logits(xt, t);
      return xt.map((state, position) => denoiserLogProbs(chain, { logits: predicted[position]!, xt: state, position, t }));
    });
    return expectation(chain, dataLaw, t, (x0, _xt, index) => total(x0.map((state, n) => -rows[index]![n]![state]!)));
  });
}

/** L_vb − L_T + λ Σ_t CE_t: the expectation of the hybrid loss over t uniform on 1…T, x_0 and x_t. */
export function exactHybridNats(model: ExactModel, dataLaw: readonly number[], lambda: number): number {
  const { totalNats, priorNats } = exactBound(model, dataLaw);
  return totalNats - priorNats + (lambda === 0 ? 0 : lambda * total(exactCrossEntropyNats(model, dataLaw)));
}

/** E g(x_0, x_t) over x_0 ~ dataLaw and x_t ~ q(x_t | x_0); pairs that cannot happen are not asked. */
function expectation(
  chain: ForwardChain,
  dataLaw: readonly number[],
  t: number,
  value: (x0: readonly number[], xt: readonly number[], indexOfXt: number) => number,
): number {
  const given = forwardLaw(chain, t);
  let sum = 0;
  chain.sequences.forEach((x0, from) => {
    chain.sequences.forEach((xt, to) => {
      const weight = dataLaw[from]! * given[from]![to]!;
      if (weight > 0) sum += weight * value(x0, xt, to);
    });
  });
  return sum;
}

function stepsOf({ chain, grid }: ExactModel): readonly number[] {
  return grid ?? Array.from({ length: chain.numSteps + 1 }, (_, t) => t);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
