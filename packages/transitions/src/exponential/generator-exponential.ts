import { assertShape, D3pmError, type Exponential } from '@d3pm/core';

export interface GeneratorExponentialOptions {
  readonly name: string;
  readonly numStates: number;
  /** β_1 … β_T */
  readonly noise: Float64Array;
  /** p exp(α R), of a p and an α that fit. */
  push(probs: Float64Array, rate: number): Float64Array;
}

/** The capability `exponential` of a generator. α(s→t) is a sum of terms ≥ 0: nothing cancels, whatever came before s. */
export function generatorExponential({ name, numStates, noise, push }: GeneratorExponentialOptions): Exponential {
  return {
    rate: (s, t) => {
      let sum = 0;
      for (let u = s; u < t; u++) sum += noise[u]!;
      return sum;
    },
    push: (probs, rate) => {
      assertShape(`${name}.exponential.push`, 'probs', { shape: [probs.length] }, [numStates]);
      if (!(rate >= 0)) {
        throw new D3pmError('INVALID_OPTIONS', `${name}.exponential.push: rate is ${rate}, expected a number ≥ 0 (∞ for the limit)`);
      }
      return push(probs, rate);
    },
  };
}
