import type { ForwardChain } from './forward-chain.ts';
import type { Matrix } from './matrix.ts';

/** What a network would say of x_t at step t: float64 logits `[L][K]`. Any function will do, right or wrong. */
export type ExactLogits = (xt: readonly number[], t: number) => Matrix;

/** q(x_t | x_0) of whole sequences, one row per x_0: K^L × K^L. */
export function forwardLaw(chain: ForwardChain, t: number): number[][] {
  return chain.sequences.map((x0) =>
    chain.sequences.map((xt) => xt.reduce((product, state, n) => product * chain.between(0, t, n)[x0[n]!]![state]!, 1)),
  );
}

/** q(x_t) = Σ q(x_t | x_0) p(x_0), from a law of x_0 over `chain.sequences`. */
export function marginalLaw(chain: ForwardChain, dataLaw: readonly number[], t: number): number[] {
  const given = forwardLaw(chain, t);
  return chain.sequences.map((_, to) => dataLaw.reduce((sum, prob, from) => sum + prob * given[from]![to]!, 0));
}

/**
 * log q(x_0^n = c | x_t), with all positions of x_t seen: the optimum of a `denoiser`. An x_t that
 * no data reaches has no answer; the row is then uniform.
 */
export function exactDenoiser(chain: ForwardChain, dataLaw: readonly number[]): ExactLogits {
  return (xt, t) => xt.map((_, position) => dataGiven(chain, dataLaw, position, (x0, n) => chain.between(0, t, n)[x0[n]!]![xt[n]!]!));
}

/** log p(x_0^n = c | x_t off n): what the other positions say, the optimum of a `leave-one-out` prediction. */
export function exactLeaveOneOut(chain: ForwardChain, dataLaw: readonly number[]): ExactLogits {
  return (xt, t) =>
    xt.map((_, position) =>
      dataGiven(chain, dataLaw, position, (x0, n) => (n === position ? 1 : chain.between(0, t, n)[x0[n]!]![xt[n]!]!)),
    );
}

/** log q(x_{t−1}^n = j | x_t): the optimum of a `direct` prediction. */
export function exactDirect(chain: ForwardChain, dataLaw: readonly number[]): ExactLogits {
  const denoiser = exactDenoiser(chain, dataLaw);
  return (xt, t) =>
    denoiser(xt, t).map((logProbs, position) => {
      const mixed = new Array<number>(chain.numStates).fill(0);
      logProbs.forEach((logProb, x0) => {
        posterior(chain, { x0, xt: xt[position]!, s: t - 1, t, position }).forEach((prob, j) => (mixed[j]! += Math.exp(logProb) * prob));
      });
      return mixed.map(Math.log);
    });
}

/**
 * q(x_s = · | x_t, x_0) of one position by Bayes' rule, Eq. (3); all 0 when x_t cannot follow from x_0.
 */
export function posterior(
  chain: ForwardChain,
  {
    x0,
    xt,
    s,
    t,
    position,
  }: { readonly x0: number; readonly xt: number; readonly s: number; readonly t: number; readonly position: number },
): number[] {
  const evidence = chain.between(0, t, position)[x0]![xt]!;
  const marginal = chain.between(0, s, position)[x0]!;
  return marginal.map((prob, j) => (evidence > 0 ? (prob * chain.between(s, t, position)[j]![xt]!) / evidence : 0));
}

function dataGiven(
  chain: ForwardChain,
  dataLaw: readonly number[],
  position: number,
  likelihood: (x0: readonly number[], n: number) => number,
): number[] {
  const weights = new Array<number>(chain.numStates).fill(0);
  chain.sequences.forEach((x0, index) => {
    weights[x0[position]!]! += x0.reduce((product, _, n) => product * likelihood(x0, n), dataLaw[index]!);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total > 0 ? Math.log(weight / total) : -Math.log(chain.numStates)));
}
