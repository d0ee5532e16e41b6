import { assertInteger, D3pmError, type Dataset, type Rng } from '@d3pm/core';

export interface SwissRollOptions {
  /** Number of points. */
  readonly size: number;
  /** K, bins an axis. */
  readonly numStates: number;
  /** Standard deviation of the noise on each coordinate; arms of the roll are 2π apart. @defaultValue 0.5 */
  readonly noise?: number;
  /** Point i depends on this and on i alone. */
  readonly rng: Rng;
}

/**
 * A two-dimensional swiss roll, (θ cos θ, θ sin θ) + noise with θ uniform on 1.5π … 4.5π, each
 * coordinate quantised into K equal bins of the square that holds the roll and four standard
 * deviations of noise. The data of Figure 1.
 *
 * @returns Examples `[2]`, the bins of x and y, each 0…K−1.
 * @throws {D3pmError} `INVALID_OPTIONS`.
 */
export function swissRoll({ size, numStates, noise = 0.5, rng }: SwissRollOptions): Dataset {
  assertInteger('swissRoll', 'size', size, 1);
  assertInteger('swissRoll', 'numStates', numStates, 2);
  if (!(noise >= 0 && noise < Infinity)) throw new D3pmError('INVALID_OPTIONS', `swissRoll: noise is ${noise}, expected a number ≥ 0`);
  const [angles, noises] = [rng.split('angle'), rng.split('noise')];
  const reach = 4.5 * Math.PI + 4 * noise;
  const bin = (x: number): number => Math.min(numStates - 1, Math.max(0, Math.floor(((x + reach) / (2 * reach)) * numStates)));
  return {
    name: 'swiss-roll',
    numStates,
    exampleShape: [2],
    size,
    examples: (indices) => {
      const values = new Int32Array(indices.length * 2);
      for (let b = 0; b < indices.length; b++) {
        const index = indices[b]!;
        assertInteger('swissRoll', `indices[${b}]`, index, 0, size - 1);
        const theta = 1.5 * Math.PI * (1 + 2 * angles.float64(index));
        values[2 * b] = bin(theta * Math.cos(theta) + noise * noises.normal(2 * index));
        values[2 * b + 1] = bin(theta * Math.sin(theta) + noise * noises.normal(2 * index + 1));
      }
      return { values, shape: [indices.length, 2] };
    },
  };
}
