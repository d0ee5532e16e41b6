/** H = −Σ_i p_i log p_i in nats, 0 · log 0 = 0; float64. */
export function entropyNats(law: ArrayLike<number>): number {
  let nats = 0;
  for (let i = 0; i < law.length; i++) if (law[i]! > 0) nats -= law[i]! * Math.log(law[i]!);
  return Math.max(0, nats);
}
