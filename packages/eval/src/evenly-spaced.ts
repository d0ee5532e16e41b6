export interface EvenlySpacedOptions {
  /** Examples that there are. */
  readonly size: number;
  /** Examples that are taken, ≤ size. */
  readonly count: number;
  /** The first of them that is wanted. @defaultValue 0 */
  readonly from?: number;
  /** The one behind the last that is wanted. @defaultValue count */
  readonly to?: number;
}

/** ⌊i · size / count⌋ for i = from … to − 1: the examples that an evaluation of `count` takes of a data set, as `maxExamples` has it. */
export function evenlySpaced({ size, count, from = 0, to = count }: EvenlySpacedOptions): number[] {
  return Array.from({ length: to - from }, (_, i) => Math.floor(((from + i) * size) / count));
}
