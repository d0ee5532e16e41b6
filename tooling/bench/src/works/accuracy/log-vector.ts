/** Terms this much below the largest, in nats, are beyond the digits of their sum, however many there are. */
const NEGLIGIBLE = 50;

/** log Σ exp, in float64; −∞ of nothing possible. */
export function logTotal(logs: Float64Array): number {
  let most = -Infinity;
  for (let k = 0; k < logs.length; k++) if (logs[k]! > most) most = logs[k]!;
  if (most === -Infinity) return most;
  let sum = 0;
  for (let k = 0; k < logs.length; k++) if (logs[k]! > most - NEGLIGIBLE) sum += Math.exp(logs[k]! - most);
  return most + Math.log(sum);
}

export function logNormalized(logs: Float64Array): Float64Array {
  const total = logTotal(logs);
  return logs.map((log) => log - total);
}

/** KL(q ‖ p) as Σ q (p/q − 1 − log(p/q)), whose terms are ≥ 0 and do not cancel. +∞ where q has what p excludes. */
export function klNats(logQ: Float64Array, logP: Float64Array): number {
  return logQ.reduce((sum, log, k) => {
    if (log === -Infinity) return sum + Math.exp(logP[k]!);
    return sum + Math.exp(log) * excess(logP[k]! - log);
  }, 0);
}

/** eˣ − 1 − x. */
function excess(x: number): number {
  if (Math.abs(x) > 1e-3) return Math.expm1(x) - x;
  return ((x * x) / 2) * (1 + (x / 3) * (1 + (x / 4) * (1 + x / 5)));
}
