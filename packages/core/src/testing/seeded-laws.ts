/** Numbers on (0, 1) from a 32-bit seed: a Weyl sequence under the mixing function of MurmurHash3. */
export function seededUniforms(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return (((word ^ (word >>> 16)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/**
 * A law on `size` outcomes, uniform over the simplex: Dirichlet(1, …, 1).
 *
 * @param allowed Outcomes that may happen; the others get exactly 0. Absent: all.
 */
export function randomLaw(seed: number, size: number, allowed: (outcome: number) => boolean = () => true): number[] {
  const next = seededUniforms(seed);
  const weights = Array.from({ length: size }, (_, outcome) => -Math.log(next()) * (allowed(outcome) ? 1 : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
