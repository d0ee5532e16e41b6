import { klNats, logNormalized, logTotal } from './log-vector.ts';

/** A chain by the logs of its one-step matrices, float64 `[K, K]`, written from the paper's formula. */
export interface LogChain {
  readonly numStates: number;
  logStep(t: number): Float64Array;
  /** A state that the data never shows. */
  readonly extraMask?: number;
}

/** One position of a term of the bound, and the answers of several networks to it. */
export interface TermInput {
  readonly x0: number;
  readonly xt: number;
  readonly t: number;
  /** Logits `[K]` each. */
  readonly answers: readonly Float64Array[];
}

export interface ExactTerm {
  readonly plugIn: number;
  readonly mixture: number;
}

/**
 * L_{t−1} of the plug-in process (f itself at t = 1) and of the mixture, in nats, for each answer: everything in logs and float64, one step of
 * the chain after another.
 */
export function exactTerms(chain: LogChain, { x0, xt, t, answers }: TermInput): readonly ExactTerm[] {
  const { numStates: K, logStep, extraMask } = chain;
  const states = Float64Array.from({ length: K }, (_, k) => k);
  const pointMass = (state: number): Float64Array => states.map((k) => (k === state ? 0 : -Infinity));
  let reached = pointMass(xt);
  for (let u = t; u >= 1; u--) reached = product(logStep(u), reached, 1, K);

  const predictions = answers.map((logits) => logNormalized(logits.map((logit, c) => (c === extraMask ? -Infinity : logit))));
  const weighed = predictions.map((f) => {
    const restricted = logNormalized(f.map((log, c) => (reached[c] === -Infinity ? -Infinity : log)));
    return restricted.map((log, c) => (log === -Infinity ? log : log - reached[c]!));
  });
  let before = [pointMass(x0), ...predictions, ...weighed];
  for (let u = 1; u < t; u++) {
    const step = logStep(u);
    before = before.map((logs) => product(step, logs, K, 1));
  }

  const last = logStep(t);
  const [truth, ...models] = before.map((logs) => logNormalized(logs.map((log, j) => log + last[j * K + xt]!)));
  return predictions.map((f, i) => ({
    plugIn: klNats(truth!, t === 1 ? f : models[i]!),
    mixture: klNats(truth!, models[predictions.length + i]!),
  }));
}

/** log Σ_i exp(matrix[i · along + j · across] + vector[i]) for every j. */
function product(matrix: Float64Array, vector: Float64Array, along: number, across: number): Float64Array {
  const terms = new Float64Array(vector.length);
  return vector.map((_, j) => {
    for (let i = 0; i < terms.length; i++) terms[i] = matrix[i * along + j * across]! + vector[i]!;
    return logTotal(terms);
  });
}
