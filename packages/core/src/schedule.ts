/**
 * What the numbers of a schedule measure. The paper writes β for all three: a probability of
 * redrawing (uniform, absorbing), a variance (Gaussian) or a rate (matrix exponentials).
 */
export type NoiseUnit = 'jump-probability' | 'rate' | 'variance';

/** β_1 … β_T, with their unit. Step t ∈ 1…T is `noise[t - 1]`; float64 `[T]`. */
export interface NoiseSchedule<U extends NoiseUnit = NoiseUnit> {
  readonly unit: U;
  readonly numSteps: number;
  readonly noise: Float64Array;
}
