/** log Σ exp(x); −∞ when there is nothing to sum. */
export function logTotal(values: readonly number[]): number {
  const top = Math.max(...values);
  if (!Number.isFinite(top)) return top;
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

/** x − log Σ exp(x). A row in which everything is impossible stays −∞. */
export function logDistribution(logits: readonly number[]): number[] {
  const total = logTotal(logits);
  return logits.map((logit) => (logit === -Infinity ? -Infinity : logit - total));
}

/** KL(q ‖ p) = Σ q (log q − log p) in nats, with 0 · log 0 = 0. */
export function klNats(q: readonly number[], logP: readonly number[]): number {
  return q.reduce((sum, prob, k) => (prob > 0 ? sum + prob * (Math.log(prob) - logP[k]!) : sum), 0);
}
