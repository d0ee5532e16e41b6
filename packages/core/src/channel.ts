import type { Exponential, Transition } from './transition.ts';

/** Q̄ for x_0 ~ p, a row at a time: no K×K table need exist. */
export interface Channel {
  /** p Q̄, the law of x_t; float64 `[K]`. */
  readonly marginal: ArrayLike<number>;
  /** Row `state` of Q̄, `[K]`; valid until the next call. */
  row(state: number): ArrayLike<number>;
}

/** The channel of a row-stochastic table, float64 `[K·K]` row-major. */
export function matrixChannel(matrix: Float64Array, dataLaw: Float64Array): Channel {
  const numStates = dataLaw.length;
  const row = (state: number): Float64Array => matrix.subarray(state * numStates, (state + 1) * numStates);
  const marginal = new Float64Array(numStates);
  dataLaw.forEach((mass, i) => {
    if (mass > 0) row(i).forEach((entry, j) => (marginal[j]! += mass * entry));
  });
  return { marginal, row };
}

/** The channel of exp(αR). @param rate α, ∞ for the limit. */
export function exponentialChannel({ push }: Exponential, rate: number, dataLaw: Float64Array): Channel {
  const unit = new Float64Array(dataLaw.length);
  return {
    marginal: push(dataLaw, rate),
    row: (state) => {
      unit.fill(0);
      unit[state] = 1;
      return push(unit, rate);
    },
  };
}

/** Q̄_t as a channel, by what the transition says it is. */
export function transitionChannel(
  transition: Transition,
  { t, dataLaw, position }: { readonly t: number; readonly dataLaw: Float64Array; readonly position: number | undefined },
): Channel {
  const { rankOne, exponential } = transition;
  if (rankOne) {
    const [keep, refresh] = [rankOne.keep(0, t), rankOne.refresh(0, t)];
    const from = (law: Float64Array): Float64Array => law.map((mass, j) => keep * mass + refresh * rankOne.target[j]!);
    return { marginal: from(dataLaw), row: (state) => from(dataLaw.map((_, j) => (j === state ? 1 : 0))) };
  }
  if (exponential) return exponentialChannel(exponential, exponential.rate(0, t), dataLaw);
  return matrixChannel(transition.toDense(0, t, position), dataLaw);
}
